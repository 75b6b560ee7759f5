// Cutting and reading clips.

import type { Body, Clip, Layout } from "./types";

export const frameCount = (clip: Clip) => clip.persons[0]!.length;

/** The frames from `first` to `last`, both included. */
export function cut(clip: Clip, first: number, last: number): Clip {
  const persons = clip.persons.map((frames) => frames.slice(first, last + 1));
  return { ...clip, persons, duration_s: (last + 1 - first) / clip.fps };
}

/** Frames of one person at uneven times, at an even pace. */
export function fromFrames(layout: Layout, frames: { time_s: number; body: Body }[]): Clip {
  const start = frames[0]!.time_s;
  const length = frames.at(-1)!.time_s - start;
  const fps = (frames.length - 1) / length;
  let at = 0;
  const even = frames.map((_, number) => {
    const wanted = start + (number / (frames.length - 1)) * length;
    while (at < frames.length - 2 && frames[at + 1]!.time_s < wanted) at += 1;
    return between(frames[at]!, frames[at + 1]!, wanted);
  });
  return { layout, persons: [even], fps, duration_s: frames.length / fps, importance: null };
}

function between(
  before: { time_s: number; body: Body },
  after: { time_s: number; body: Body },
  time_s: number,
): Body {
  const share = Math.min(1, Math.max(0, (time_s - before.time_s) / (after.time_s - before.time_s)));
  return before.body.map((a, joint) => {
    const b = after.body[joint]!;
    if (!a || !b) return share < 0.5 ? a : b;
    return [0, 1, 2].map((axis) => a[axis]! + (b[axis]! - a[axis]!) * share) as [
      number,
      number,
      number,
    ];
  });
}

/** The most important joints in words, best first. */
export function topJoints(layout: Layout, importance: number[] | null, most = 3): string[] {
  if (!importance) return [];
  return importance
    .map((share, joint) => ({ share, name: layout.joints[joint]!.replaceAll("_", " ") }))
    .sort((one, other) => other.share - one.share)
    .slice(0, most)
    .filter(({ share }) => share >= 0.2)
    .map(({ name }) => name);
}
