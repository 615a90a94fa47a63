import type { StartAt } from '@headrace/core';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads the option `start`: `earliest`, `latest` or an instant of ISO 8601 with its zone; null where the text is none of them. */
export function parseStart(text: string): StartAt | null {
  if (text === 'earliest' || text === 'latest') return text;
  const timestamp = instant.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(timestamp) ? null : { timestamp };
}
