// Put MediaPipe's pose landmarker beside the page: WebAssembly compressed, weights as one task file.
//
// The weights are those of the npm package @mediapipe/pose (Apache-2.0). MediaPipe Tasks wants each
// model to say how its pictures are scaled, so that metadata is put in front of it.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { withScaling } from "./metadata.mjs";

const OUT = "../src/crossglg/serve/static/pose";
const WASM = "node_modules/@mediapipe/tasks-vision/wasm";
const WEIGHTS = "node_modules/@mediapipe/pose";
const LONG_AGO = new Date("2020-01-01T00:00:00Z"); // the same bytes on every day

mkdirSync(OUT, { recursive: true });
for (const name of ["vision_wasm_module_internal.js", "vision_wasm_module_internal.wasm"]) {
  writeFileSync(`${OUT}/${name}.gz`, gzipSync(readFileSync(`${WASM}/${name}`), { level: 9 }));
}
const detector = withScaling(readFileSync(`${WEIGHTS}/pose_solution_packed_assets.data`), {
  mean: 127.5,
  deviation: 127.5,
});
const landmarks = withScaling(readFileSync(`${WEIGHTS}/pose_landmark_lite.tflite`), {
  mean: 0,
  deviation: 255,
});
const task = zipSync(
  { "pose_detector.tflite": detector, "pose_landmarks_detector.tflite": landmarks },
  { level: 0, mtime: LONG_AGO },
);
writeFileSync(`${OUT}/pose_lite.task`, task);
copyFileSync("pose/NOTICE.txt", `${OUT}/NOTICE.txt`);
