/** A record as a function of the author's sees it: valid during the call only, after which reading throws `RECORD_VIEW_EXPIRED`. */
export interface RecordView<V = unknown, K = unknown> {
  readonly key: K | null;
  readonly value: V;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number;
  /** The last header of each name as text. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly headerBytes: Readonly<Record<string, Uint8Array | null>>;
  /** Copies the record, so that it can be kept. */
  detach(): DetachedRecord<V, K>;
}

/** A record that may be kept: what functions get that answer later. */
export type DetachedRecord<V = unknown, K = unknown> = Omit<RecordView<V, K>, 'detach'>;

/** A record that a function makes. What is left out is as in the record that it was called with. */
export interface NewRecord<V = unknown, K = unknown> {
  readonly value: V;
  readonly key?: K | null;
  /** Epoch milliseconds. */
  readonly timestamp?: number;
  /** Headers to add; text is UTF-8. */
  readonly headers?: Readonly<Record<string, string | Uint8Array | null>>;
}

/** Gives a value for a record: a condition, a field, a key, a header. */
export type ValueFunction<V = unknown, R = unknown> = (value: V, record: RecordView<V>) => R;

/** Answers later for a record; `signal` fires when nobody waits any more. */
export type LookupFunction<V = unknown, R = unknown> = (
  value: V,
  record: DetachedRecord<V>,
  context: { readonly signal: AbortSignal },
) => Promise<R>;

/** Makes any number of records of one. */
export type ProcessFunction<V = unknown> = (
  value: V,
  record: RecordView<V>,
  emit: (record: NewRecord, port?: string) => void,
) => void;
