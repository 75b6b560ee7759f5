// A line about what was shown.

import type { Exemplar } from "./types";

/** How much was shown and since when, each part on one line. */
export function describe(exemplars: Exemplar[], several: string, ...more: string[]): string {
  const first = exemplars[0]!;
  return [
    exemplars.length > 1 ? `${exemplars.length} ${several}` : `${first.duration_s.toFixed(1)} s`,
    ...more,
    new Date(first.enrolled).toLocaleDateString([], { day: "numeric", month: "short" }),
  ]
    .map((part) => part.replaceAll(" ", "\u00a0"))
    .join(" · ");
}
