// Cutting and reading clips.

import type { Clip, Layout } from "./types";

export const frameCount = (clip: Clip) => clip.persons[0]!.length;

/** The frames from `first` to `last`, both included. */
export function cut(clip: Clip, first: number, last: number): Clip {
  const persons = clip.persons.map((frames) => frames.slice(first, last + 1));
  return { ...clip, persons, duration_s: (last + 1 - first) / clip.fps };
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
