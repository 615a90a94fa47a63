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
}
