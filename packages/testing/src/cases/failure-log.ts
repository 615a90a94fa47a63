import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TelemetryEvents } from '@headrace/core';

type Failed = TelemetryEvents['headrace:record:failed'];

/** The failures of records while a case runs, each until somebody has expected it. */
export interface FailureLog {
  /** Takes a failure of that code at that node; false where there is none left. */
  take(node: string, code: string): boolean;
  /** Lists those that nobody expected yet. */
  list(): readonly string[];
  close(): void;
}

const name = 'headrace:record:failed';

/** Listens to the failures of records. One case runs at a time, so that all of them are its own. */
export function failureLog(): FailureLog {
  const failures: Failed[] = [];
  const note = (event: unknown) => void failures.push(event as Failed);
  subscribe(name, note);
  return {
    take(node, code) {
      const at = failures.findIndex((failure) => failure.node === node && failure.code === code);
      if (at >= 0) failures.splice(at, 1);
      return at >= 0;
    },
    list: () => failures.map(({ node, code }) => `${code} at "${node}"`),
    close: () => void unsubscribe(name, note),
  };
}
