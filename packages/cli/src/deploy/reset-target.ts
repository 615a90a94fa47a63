import { HeadraceError, parseDuration, type StartAt } from '@headrace/core';
import { parseStart } from '@headrace/kafka';

/** Where positions go: a place that every partition has, or the place where each source begins without a position. */
export type ResetTarget = Exclude<StartAt, number> | 'start';

/**
 * Reads `--to`: `earliest`, `latest`, `start`, an instant with its zone, or `-` and a duration, which is that long before `nowMs`.
 * Throws `WRONG_RESET`.
 */
export function parseResetTarget(text: string, nowMs: number): ResetTarget {
  if (text === 'start') return text;
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null;
  const place = ago === null ? parseStart(text) : { timestamp: nowMs - ago };
  if (place === null || typeof place === 'number')
    throw new HeadraceError(
      'WRONG_RESET',
      `"--to ${text}" is no place. Write "earliest", "latest", "start", an instant such as "2026-01-31T00:00:00Z", or "-2h" for two hours ago.`,
    );
  return place;
}
