/** What the configuration of a topic means for its partitions; sizes in bytes, times in milliseconds, -1 for no bound. */
export interface LogSettings {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly logAppendTime: boolean;
  /** How far ahead of the broker's clock, and behind it, the time of a record may be. */
  readonly timestampAfterMaxMs: number;
  readonly timestampBeforeMaxMs: number;
  readonly deletes: boolean;
  readonly compacts: boolean;
  /** How much of a log must be new, of what compaction may look at, before it is compacted: 0 to 1. */
  readonly minDirtyRatio: number;
  /** How long a record is left alone. */
  readonly minCompactionLagMs: number;
  /** How long a record without a value is seen that stands for a key which is gone. */
  readonly deleteRetentionMs: number;
}
