// How sure an answer must be to have a name; kept in this browser.

const KEY = "sure";
const USUAL = 0.5;

/** What there is to choose from, as probabilities. */
export const CHOICES = [0.3, USUAL, 0.7, 0.8, 0.9, 0.95];

export function recall(): number {
  const kept = Number(localStorage.getItem(KEY));
  return CHOICES.includes(kept) ? kept : USUAL;
}

export const remember = (sure: number) => localStorage.setItem(KEY, String(sure));
