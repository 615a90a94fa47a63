/** A batch as a partition holds it: the bytes as they were received, with its offset and leader epoch written into them. */
export interface StoredBatch {
  readonly bytes: Buffer;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  /** Epoch milliseconds. */
  readonly maxTimestamp: number;
}
