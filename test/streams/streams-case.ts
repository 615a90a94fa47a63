/** A recorded record; `after` is the index of the input that caused it. */
export interface StreamsRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: unknown;
  readonly timestamp: number | null;
}

/** A recorded case of Kafka Streams: a topology, its inputs and what came out. */
export interface StreamsCase {
  readonly name: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly inputs: readonly (StreamsRecord | { readonly advanceWallClockMs: number })[];
  readonly outputs: readonly (StreamsRecord & { readonly after: number })[];
  readonly informative?: boolean;
}
