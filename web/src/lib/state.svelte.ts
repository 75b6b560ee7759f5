// What the whole page knows: the enrolled actions, the model, what went wrong, what to read aloud.

import * as api from "./api";
import type { Action, Model } from "./types";

const ALOUD_EVERY_MS = 1500;

class PageState {
  actions = $state<Action[]>([]);
  model = $state<Model | null>(null);
  isLoaded = $state(false);
  problem = $state("");
  aloud = $state("");
  private spokenAt = -Infinity;
  private timer = 0;

  /** Run something; what goes wrong is shown. Returns whether it went well. */
  async attempt(job: () => Promise<void>): Promise<boolean> {
    try {
      await job();
      return true;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      [this.model, this.actions] = await Promise.all([api.fetchModel(), api.listActions()]);
      this.isLoaded = true;
    });
  }

  /** Tell a screen reader, not faster than it can be listened to; the newest sentence wins. */
  say(sentence: string, urgent = false): void {
    clearTimeout(this.timer);
    if (sentence === this.aloud) return;
    const rest_ms = urgent ? 0 : this.spokenAt + ALOUD_EVERY_MS - performance.now();
    this.timer = window.setTimeout(() => {
      this.spokenAt = performance.now();
      this.aloud = sentence;
    }, rest_ms);
  }
}

export const page = new PageState();
