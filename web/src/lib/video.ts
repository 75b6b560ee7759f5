// Walk through a video frame by frame and write down the poses.

import { MEDIAPIPE } from "./layout";
import { PoseFinder } from "./pose";
import type { Body, Clip } from "./types";

const FPS = 15; // enough for what bodies do, and half the work
const LONGEST_S = 60;
const FEWEST = 5;
const PATIENCE_MS = 10_000; // with one frame
const EMPTY: Body = MEDIAPIPE.joints.map(() => null);

async function open(file: File): Promise<HTMLVideoElement> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.playsInline = true;
  video.src = URL.createObjectURL(file);
  await new Promise<void>((resolve, reject) => {
    video.onloadeddata = () => resolve();
    video.onerror = () =>
      reject(new Error(`This browser cannot play ${file.name}. Try MP4 (H.264) or WebM.`));
  });
  // What a browser records does not say how long it is; that is known when its end was looked for.
  if (video.duration === Infinity) {
    await seek(video, Number.MAX_SAFE_INTEGER);
  }
  return video;
}

/** Whether the frame at `time_s` came; in a file that breaks off it never does. */
function seek(video: HTMLVideoElement, time_s: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const end = (isThere: boolean) => {
      clearTimeout(timer);
      resolve(isThere);
    };
    video.onseeked = () => end(true);
    video.onerror = () => end(false);
    video.currentTime = time_s;
  });
}

/** The poses of one person in a video file; progress goes from 0 to 1. */
export async function readVideo(
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Clip> {
  const video = await open(file);
  let finder: PoseFinder | null = null;
  try {
    if (!video.videoWidth) {
      throw new Error(`Expected a video, found no picture in ${file.name}, only sound.`);
    }
    if (!(video.duration <= LONGEST_S)) {
      throw new Error(`Expected a video of at most ${LONGEST_S} seconds; cut it first.`);
    }
    finder = await PoseFinder.load();
    const frames: Body[] = [];
    const count = Math.floor(video.duration * FPS);
    for (let number = 0; number < count; number += 1) {
      signal.throwIfAborted();
      if (!(await seek(video, (number + 0.5) / FPS))) {
        const [found, whole] = [number / FPS, video.duration].map((s) => s.toFixed(1));
        throw new Error(
          `${file.name} breaks off after ${found} s of ${whole} s; copy or download it again.`,
        );
      }
      const body = await finder.find(video, 1000 / FPS);
      frames.push(body ?? EMPTY);
      progress((number + 1) / count);
    }
    const isSeen = frames.map((body) => body.some(Boolean));
    const [first, last] = [isSeen.indexOf(true), isSeen.lastIndexOf(true)];
    if (last - first < FEWEST) {
      throw new Error(`Nobody was found in ${file.name}. The whole body should be in the picture.`);
    }
    const persons = [frames.slice(first, last + 1)];
    const duration_s = (last + 1 - first) / FPS;
    return { layout: MEDIAPIPE, persons, fps: FPS, duration_s, importance: null };
  } finally {
    finder?.close();
    URL.revokeObjectURL(video.src);
  }
}
