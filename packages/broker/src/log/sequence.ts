const most = 2 ** 31 - 1;

/** Returns the sequence so many records after another; sequences wrap at 2^31 to 0, record by record. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) % (most + 1);
}

/** Returns the sequence that a producer's next record has; 0 after none, which is -1. */
export function nextSequence(last: number): number {
  return sequenceAfter(last, 1);
}
