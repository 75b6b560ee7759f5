// Poses from pictures, off the main thread: MediaPipe's landmarker, all files from our own server.

import { PoseLandmarker } from "@mediapipe/tasks-vision";
import { MEDIAPIPE } from "./layout";
import { Placer } from "./placing";
import type { Body } from "./types";

const TORSO = new Set(MEDIAPIPE.joints.flatMap((name, at) => (/shoulder|hip/.test(name) ? [at] : [])));
const SLOW = /swiftshader|llvmpipe|software|basic render/i;

export type ToWorker =
  | { type: "load"; folder: string }
  | { type: "frame"; id: number; picture: ImageBitmap; time_ms: number };
export type FromWorker =
  | { type: "ready"; delegate: string }
  | { type: "pose"; id: number; body: Body | null }
  | { type: "failed"; detail: string };

let landmarker: PoseLandmarker | null = null;
const placer = new Placer(TORSO);

const reply = (message: FromWorker) => postMessage(message);

/** A graphics card if there is one; drawing in software is 30 times slower than the CPU itself. */
function chooseDelegate(): "GPU" | "CPU" {
  try {
    const context = new OffscreenCanvas(1, 1).getContext("webgl2");
    const info = context?.getExtension("WEBGL_debug_renderer_info");
    const name = info ? String(context!.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
    return context && !SLOW.test(name) ? "GPU" : "CPU";
  } catch {
    return "CPU";
  }
}

async function load(folder: string): Promise<void> {
  const delegate = chooseDelegate();
  landmarker = await PoseLandmarker.createFromOptions(
    {
      wasmLoaderPath: `${folder}vision_wasm_module_internal.js`,
      wasmBinaryPath: `${folder}vision_wasm_module_internal.wasm`,
    },
    {
      baseOptions: { modelAssetPath: `${folder}pose_lite.task`, delegate },
      runningMode: "VIDEO",
      numPoses: 1,
    },
  );
  reply({ type: "ready", delegate });
}

function look(picture: ImageBitmap, time_ms: number): Body | null {
  const { worldLandmarks, landmarks } = landmarker!.detectForVideo(picture, time_ms);
  const [world, seen] = [worldLandmarks[0], landmarks[0]];
  if (!world || !seen) return null;
  const longer = Math.max(picture.width, picture.height);
  const sight = {
    world: world.map(({ x, y, z }): [number, number, number] => [x, y, z]),
    picture: seen.map(({ x, y }): [number, number] => [
      ((x - 0.5) * picture.width) / longer,
      ((y - 0.5) * picture.height) / longer,
    ]),
    trust: seen.map(({ visibility }) => visibility),
  };
  return placer.place(sight, time_ms / 1000);
}

onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.type === "load") await load(data.folder);
    else {
      const body = look(data.picture, data.time_ms);
      data.picture.close();
      reply({ type: "pose", id: data.id, body });
    }
  } catch (error) {
    reply({ type: "failed", detail: error instanceof Error ? error.message : String(error) });
  }
};
