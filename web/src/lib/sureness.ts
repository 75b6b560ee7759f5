// How sure an answer must be to have a name; kept in this browser, where it keeps anything.

const KEY = "sure";
const USUAL = 0.5;

/** What there is to choose from, as probabilities. */
export const CHOICES = [0.3, USUAL, 0.7, 0.8, 0.9, 0.95];

export function recall(): number {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return CHOICES.includes(kept) ? kept : USUAL;
  } catch {
    return USUAL; // denied
  }
}

export function remember(sure: number): void {
  try {
    localStorage.setItem(KEY, String(sure));
  } catch {
    // denied, or full: it holds until the page is left
  }
}
