import type { Clock } from '@headrace/core';

/** Waits for work, but no longer than `ms`; tells whether it was done in time. What it rejects with after that is nobody's. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(ms, () => resolve(false));
  });
  work.catch(() => {});
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    cancel();
  }
}
