// How sure an answer must be to have a name; kept in this browser, where it keeps anything.

const KEY = "sure";
const CHOICES = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

/** What there is to choose from, as probabilities: the usual ones and the server's own. */
export const choicesBeside = (sure: number) =>
  [...new Set([...CHOICES, sure])].sort((one, other) => one - other);

/** What was chosen here; null where nobody has chosen yet. */
export function recall(): number | null {
  try {
    const kept = localStorage.getItem(KEY);
    const sure = Number(kept);
    return kept !== null && CHOICES.includes(sure) ? sure : null;
  } catch {
    return null; // denied
  }
}

export function remember(sure: number): void {
  try {
    localStorage.setItem(KEY, String(sure));
  } catch {
    // denied, or full: it holds until the page is left
  }
}
