import type { Clock, HeadraceError } from '@headrace/core';

const attempts = 6;
const firstPauseMs = 100;

/** Does something again while it fails in a way that may pass, some times with growing pauses. */
export async function retryTransient<R>(
  clock: Clock,
  explain: (thrown: unknown) => HeadraceError,
  work: () => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const error = explain(thrown);
      if (!error.retryable || attempt === attempts) throw error;
    }
    await new Promise<void>((resolve) => {
      clock.after(firstPauseMs * 2 ** (attempt - 1), resolve);
    });
  }
}
