// The licences of what the bundle holds of others travel with it, in one file beside the page.
// (pose/NOTICE.txt speaks of MediaPipe's files.)

import { readFileSync, writeFileSync } from "node:fs";

const OUT = "../src/crossglg/serve/static/LICENCES.txt";
const HELD = [
  ["assets/index-*.js", "svelte", "LICENSE.md"],
  ["assets/inter-*.woff2", "@fontsource-variable/inter", "LICENSE"],
];

const parts = HELD.map(([files, name, file]) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return `${files}: of the npm package ${name} ${version}\n\n${readFileSync(`node_modules/${name}/${file}`, "utf8").trim()}\n`;
});
parts.push(
  "assets/pose.worker-*.js: of the npm package @mediapipe/tasks-vision, Copyright The MediaPipe\n" +
    "Authors, Apache License 2.0, as this package itself; see pose/NOTICE.txt and LICENSE.\n",
);
writeFileSync(OUT, parts.join(`\n${"-".repeat(80)}\n\n`));
