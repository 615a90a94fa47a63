import { RegistryError } from '@headrace/avro';
import type { Preparer } from '../compile/compile-topology.ts';
import type { Clock } from '../component/clock.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Columns } from '../record/columns.ts';
import { publish } from '../telemetry/channels.ts';

/** What waiting for schemas needs to know. */
export interface SchemaWait {
  readonly topology: string;
  readonly task: string;
  readonly clock: Clock;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * Makes what waits, for as long as it takes, until the schemas of records are there. A registry that cannot be reached holds back the split whose
 * records name a schema that was never seen, and no other. Rejects where the registry refuses for good, and when the signal comes.
 */
export function schemaWaiter(prepare: Preparer, { topology, task, clock }: SchemaWait): Preparer {
  const wait = async (columns: Columns, first: Promise<void>, signal: AbortSignal): Promise<void> => {
    let waiting: Promise<void> | null = first;
    for (let attempt = 1; waiting !== null; attempt++) {
      try {
        await waiting;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof HeadraceError) || !error.retryable) throw error;
        const delayMs = Math.max(retryAfter(error), Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)));
        publish('headrace:schemas:awaited', { topology, task, attempt, delayMs, message: error.message });
        await pause(clock, delayMs, signal);
        waiting = prepare(columns, signal);
      }
    }
  };
  return (columns, signal) => {
    const first = prepare(columns, signal);
    return first === null ? null : wait(columns, first, signal);
  };
}

function retryAfter({ cause }: HeadraceError): number {
  return cause instanceof RegistryError ? Math.min(longestPauseMs, Math.ceil(cause.retryAfterMs ?? 0)) : 0;
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
  signal.throwIfAborted();
}
