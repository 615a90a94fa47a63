import type { Clock } from '../../component/clock.ts';
import type { AsyncNodeContext } from '../../component/contexts.ts';
import type { RetryLimits } from '../../component/option-schemas.ts';
import { asHeadraceError, HeadraceError } from '../../errors/headrace-error.ts';

/** What bounds the attempts at an answer. */
export interface AttemptLimits extends RetryLimits {
  readonly timeoutMs: number;
}

/** Says that an answer did not come, and after how many attempts. */
export interface NoAnswer {
  readonly error: HeadraceError;
  readonly attempts: number;
}

/** An error that says how long to wait before the next attempt. */
export class AskLater extends HeadraceError {
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super('LOOKUP_FAILED', message, { retryable: true });
    this.afterMs = afterMs;
  }
}

/** Asks until there is an answer: each attempt in its turn and, from then on, in its time, pauses that double, with jitter. An error with `retryable: false` is final. */
export async function askAgain(
  ask: (signal: AbortSignal) => Promise<unknown>,
  limits: AttemptLimits,
  { clock, call }: Pick<AsyncNodeContext, 'clock' | 'call'>,
  stopped: AbortSignal,
): Promise<{ readonly value: unknown } | NoAnswer> {
  const startedAt = clock.monotonic();
  for (let attempt = 1; ; attempt++) {
    try {
      return { value: await call(() => inTime(ask, limits.timeoutMs, clock, stopped), stopped) };
    } catch (thrown) {
      const error = asHeadraceError(thrown, 'LOOKUP_FAILED');
      const isFinal = (thrown as { retryable?: unknown } | null)?.retryable === false;
      const spent = clock.monotonic() - startedAt;
      if (isFinal || attempt > limits.attempts || spent >= limits.forMs || stopped.aborted)
        return { error, attempts: attempt };
      const full = Math.min(limits.maxDelayMs, limits.delayMs * 2 ** (attempt - 1));
      const asked = thrown instanceof AskLater ? thrown.afterMs : 0;
      await pause(Math.max(asked, full / 2 + Math.random() * (full / 2)), clock, stopped);
    }
  }
}

async function inTime(
  ask: (signal: AbortSignal) => Promise<unknown>,
  timeoutMs: number,
  clock: Clock,
  stopped: AbortSignal,
): Promise<unknown> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(stopped.reason);
  stopped.addEventListener('abort', stop, { once: true });
  let cancel = (): void => {};
  const late = new Promise<never>((_resolve, reject) => {
    attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason as Error), { once: true });
    cancel = clock.after(timeoutMs, () =>
      attempt.abort(
        new HeadraceError('LOOKUP_TIMEOUT', `There was no answer within ${timeoutMs} ms.`, { retryable: true }),
      ),
    );
  });
  // Nobody may be listening any more when it is late.
  late.catch(() => {});
  try {
    return await Promise.race([ask(attempt.signal), late]);
  } finally {
    cancel();
    stopped.removeEventListener('abort', stop);
  }
}

function pause(ms: number, clock: Clock, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    if (stopped.aborted) end();
    else stopped.addEventListener('abort', end, { once: true });
  });
}
