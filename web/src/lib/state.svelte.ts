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
  private spokenAt = 0;

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

  /** Tell a screen reader, not more often than it can be listened to. */
  say(sentence: string, urgent = false): void {
    if (sentence === this.aloud) return;
    if (!urgent && performance.now() - this.spokenAt < ALOUD_EVERY_MS) return;
    this.spokenAt = performance.now();
    this.aloud = sentence;
  }
}

export const page = new PageState();
