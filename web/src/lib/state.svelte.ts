// What the whole page knows: the enrolled actions, what is none of them, the model, what went wrong, what to read aloud.

import * as api from "./api";
import { ServerError } from "./api";
import { patiently } from "./patience";
import * as sureness from "./sureness";
import type { Action, Exemplar, Known, Model } from "./types";

const ALOUD_EVERY_MS = 1500;

class PageState {
  actions = $state.raw<Action[]>([]);
  dismissed = $state.raw<Exemplar[]>([]);
  model = $state.raw<Model | null>(null);
  chosen = $state(sureness.recall());
  /** The probability from which an action is named: what was chosen here, or else on the server. */
  readonly sure = $derived(this.chosen ?? this.model?.sure ?? 0.5);
  isLoaded = $state(false);
  problem = $state("");
  told = $state(""); // beside the list, about its last change that shows too little
  aloud = $state("");
  private spokenAt = -Infinity;
  private timer = 0;
  private loading = new AbortController();
  private asked = 0;
  private applied = 0;

  /** Run something; what goes wrong is shown. Returns whether it went well. */
  async attempt(job: () => Promise<void>): Promise<boolean> {
    try {
      await job();
      return true;
    } catch (error) {
      const isGivenUp = error instanceof DOMException && error.name === "AbortError";
      const isSilence = error instanceof ServerError && error.isSilence; // the line shows that
      if (!isGivenUp && !isSilence) {
        this.problem = error instanceof Error ? error.message : String(error);
      }
      return false;
    }
  }

  /** Fetch everything, however long the server is away or busy. */
  async load(): Promise<void> {
    this.loading.abort();
    const { signal } = (this.loading = new AbortController());
    const once = async () => {
      [this.model] = await Promise.all([api.fetchModel(), this.update(api.listActions)]);
      this.isLoaded = true;
    };
    await this.attempt(() => patiently(once, signal));
  }

  /** Take over the lists that a call answers with. */
  async update(ask: () => Promise<Known>): Promise<void> {
    const number = (this.asked += 1);
    const found = await ask().catch((error) => {
      if (api.isGone(error)) void this.load();
      throw error;
    });
    if (number < this.applied) {
      void this.load(); // overtaken by a later call: neither answer is sure to be the newest list
      return;
    }
    this.applied = number;
    this.actions = found.actions;
    this.dismissed = found.dismissed;
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
