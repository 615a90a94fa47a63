/**
 * Records as columns: typed arrays that are used again for every batch. Ranges lie in `buffer`; a null key or value has
 * start and end -1. A header range begins at the count of headers and ends with the record.
 */
export class RecordColumns {
  /** The number of records; rows from here on are left over from earlier batches. */
  count = 0;
  /** What the ranges lie in: the buffer that was read, or the expanded records of a compressed batch. */
  buffer: Buffer = Buffer.alloc(0);
  offsets = new Float64Array(0);
  /** Epoch milliseconds. */
  timestamps = new Float64Array(0);
  keyStarts = new Int32Array(0);
  keyEnds = new Int32Array(0);
  valueStarts = new Int32Array(0);
  valueEnds = new Int32Array(0);
  headerStarts = new Int32Array(0);
  headerEnds = new Int32Array(0);

  /** Makes room for so many records; what the columns held is lost when they grow. */
  reserve(count: number): void {
    if (count <= this.offsets.length) return;
    const room = Math.max(64, count, Math.ceil(this.offsets.length * 1.5));
    this.offsets = new Float64Array(room);
    this.timestamps = new Float64Array(room);
    this.keyStarts = new Int32Array(room);
    this.keyEnds = new Int32Array(room);
    this.valueStarts = new Int32Array(room);
    this.valueEnds = new Int32Array(room);
    this.headerStarts = new Int32Array(room);
    this.headerEnds = new Int32Array(room);
  }
}
