import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The page is shipped inside the Python package; nothing is inlined, as the server's
// Content-Security-Policy allows only files of its own.
export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../src/crossglg/serve/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 400,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
});
