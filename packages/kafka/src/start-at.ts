import type { StartAt, TopicPartition } from '@headrace/core';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads the option `start`: `earliest`, `latest` or an instant of ISO 8601 with its zone; null where the text is none of them. */
export function parseStart(text: string): StartAt | null {
  if (text === 'earliest' || text === 'latest') return text;
  const timestamp = instant.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(timestamp) ? null : { timestamp };
}

/** Reads offsets as the option `start` has them, by `topic/partition`; what is none, or of no topic, is left out. */
export function startOffsets({
  topic,
  start,
}: {
  readonly topic?: string | undefined;
  readonly start?: string | Readonly<Record<string, number>> | undefined;
}): ReadonlyMap<TopicPartition, number> {
  if (typeof start !== 'object') return new Map();
  return new Map(
    Object.entries(start).flatMap(([name, offset]): [TopicPartition, number][] => {
      const full = topic !== undefined && /^\d+$/.test(name) ? `${topic}/${name}` : name;
      return /^[^/]+\/\d+$/.test(full) ? [[full as TopicPartition, offset]] : [];
    }),
  );
}
