// Ask again while the server is away or busy: what nobody waits for need not alarm anybody.

import { ServerError } from "./api";

export async function patiently<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof ServerError && error.isPassing)) throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfter_s * 1000));
      signal.throwIfAborted();
    }
  }
}
