/** Says what an entry is about: its kind first, `['topic', 'orders']`. */
export type JournalKey = readonly [kind: string, ...rest: (string | number)[]];

/** Takes note of what a restart has to know. */
export interface Journal {
  /** Replaces the entry of a key; null takes it away. The value is one of JSON. */
  put(key: JournalKey, value: unknown): void;
}

/** Takes note of nothing: what a broker in memory has. */
export const noJournal: Journal = { put: () => {} };
