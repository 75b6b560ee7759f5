// What was different in words, the greatest first.

import type { Form, RepetitionForm } from "./types";

const MOST = 3;

export const sayTimes = (count: number) => (count === 1 ? "once" : `${count} times`);

/** ``left thigh 31° lower, trunk 24° further forward``, or that there is nothing to say. */
export function sayDifferences({ differences }: RepetitionForm, tolerance_deg: number, most = MOST): string {
  const beyond = differences.filter(({ degrees }) => degrees > tolerance_deg).slice(0, most);
  const said = beyond.map(({ segment, degrees, way }) => `${segment} ${Math.round(degrees)}° ${way}`);
  return said.join(", ") || "as shown";
}

/** All of it in a few words. */
export function sayForm({ count, as_shown, tolerance_deg, repetitions }: Form): string {
  if (count === 1) return sayDifferences(repetitions[0]!, tolerance_deg, 1);
  return as_shown === count ? "all as shown" : `${as_shown} as shown`;
}
