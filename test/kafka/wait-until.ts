import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** What may be chosen about a wait. */
export interface WaitOptions {
  /** What is waited for, in words that complete "Waited in vain until". */
  readonly what: string;
  /** Only bounds how long a failing test takes. Default: 60 seconds. */
  readonly deadlineMs?: number;
  /** Default: 50 milliseconds. */
  readonly intervalMs?: number;
}

/**
 * Observes a state again and again until it holds, and returns it. Rejects at the deadline with the last state that was seen.
 * An error of `observe` counts as a state that does not hold, so that a broker may be down meanwhile.
 */
export async function waitUntil<S>(
  observe: () => S | Promise<S>,
  holds: (state: S) => boolean,
  { what, deadlineMs = 60_000, intervalMs = 50 }: WaitOptions,
): Promise<S> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const seen = await attempt(observe);
    if ('state' in seen && holds(seen.state)) return seen.state;
    if (performance.now() >= deadline) {
      const last =
        'state' in seen ? inspect(seen.state, { depth: 6 }) : `the observation failed: ${inspect(seen.error)}`;
      throw new Error(`Waited in vain until ${what}, for ${deadlineMs / 1000} s. Last state: ${last}`);
    }
    await pause(intervalMs);
  }
}

async function attempt<S>(observe: () => S | Promise<S>): Promise<{ state: S } | { error: unknown }> {
  try {
    return { state: await observe() };
  } catch (error) {
    return { error };
  }
}
