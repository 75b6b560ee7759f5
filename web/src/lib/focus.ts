// Where the keyboard goes on when what had its focus is gone.

import { tick } from "svelte";

/** Focus what `find` finds, unless somebody is at another place of the page. */
export async function goOnAt(find: () => HTMLElement | null | undefined): Promise<void> {
  await tick();
  const held = document.activeElement;
  if (held && held !== document.body && held.checkVisibility()) return;
  find()?.focus({ preventScroll: true });
}
