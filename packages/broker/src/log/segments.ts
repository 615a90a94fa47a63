import type { SegmentStore } from '../storage/segment-files.ts';
import type { LogSettings } from './log-settings.ts';
import type { StoredBatch } from './stored-batch.ts';

interface Segment {
  /** The offset that its first batch had when it came: the name of the segment. */
  readonly base: number;
  readonly batches: StoredBatch[];
  bytes: number;
  maxTimestamp: number;
  readonly openedAt: number;
}

/** The batches of a partition in segments, which is what retention takes away: whole ones, the oldest first. */
export class Segments {
  readonly #segments: Segment[] = [];
  readonly #store: SegmentStore;
  #bytes = 0;

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(batch: StoredBatch, now: number, { segmentBytes, segmentMs }: LogSettings): void {
    let segment = this.#segments.at(-1);
    const isFull =
      segment === undefined || segment.bytes + batch.bytes.length > segmentBytes || now - segment.openedAt > segmentMs;
    if (segment === undefined || isFull) {
      segment = { base: batch.baseOffset, batches: [], bytes: 0, maxTimestamp: -1, openedAt: now };
      this.#segments.push(segment);
    }
    this.#store.append(segment.base, batch.bytes);
    this.#hold(segment, batch);
  }

  /** Takes in a segment as it was kept. */
  restore(base: number, batches: readonly StoredBatch[], now: number): void {
    const segment = { base, batches: [], bytes: 0, maxTimestamp: -1, openedAt: now };
    for (const batch of batches) this.#hold(segment, batch);
    if (batches.length > 0) this.#segments.push(segment);
    else this.#store.remove(base);
  }

  #hold(segment: Segment, batch: StoredBatch): void {
    segment.batches.push(batch);
    segment.bytes += batch.bytes.length;
    segment.maxTimestamp = Math.max(segment.maxTimestamp, batch.maxTimestamp);
    this.#bytes += batch.bytes.length;
  }

  /** Returns the offset behind the segments that are older or more than is kept; the newest stays unless it is too old. */
  expired(now: number, { retentionMs, retentionBytes, deletes }: LogSettings): number | undefined {
    let end: number | undefined;
    let left = this.#bytes;
    for (const [index, { bytes, maxTimestamp, batches }] of deletes ? this.#segments.entries() : []) {
      left -= bytes;
      const isOld = retentionMs >= 0 && now - maxTimestamp > retentionMs;
      const isTooMuch = retentionBytes >= 0 && index < this.#segments.length - 1 && left >= retentionBytes;
      if (!isOld && !isTooMuch) break;
      end = (batches.at(-1) as StoredBatch).lastOffset + 1;
    }
    return end;
  }

  /** Takes the segments away that end before an offset. */
  dropBefore(offset: number): void {
    while (this.#segments.length > 0) {
      const { base, bytes, batches } = this.#segments[0] as Segment;
      if ((batches.at(-1) as StoredBatch).lastOffset >= offset) return;
      this.#segments.shift();
      this.#bytes -= bytes;
      this.#store.remove(base);
    }
  }

  /** Returns the first offset that is held; undefined when nothing is. */
  first(): number | undefined {
    return this.#segments[0]?.batches[0]?.baseOffset;
  }

  /** Yields the batches from the one on that holds an offset, or is the first after it. */
  *from(offset: number): Generator<StoredBatch> {
    let index = firstIndex(this.#segments, ({ batches }) => (batches.at(-1) as StoredBatch).lastOffset >= offset);
    let at = firstIndex(this.#segments[index]?.batches ?? [], ({ lastOffset }) => lastOffset >= offset);
    for (; index < this.#segments.length; index++, at = 0) {
      const { batches } = this.#segments[index] as Segment;
      for (; at < batches.length; at++) yield batches[at] as StoredBatch;
    }
  }
}

/** Returns the index of the first item that holds, by halving: from it on all do. */
function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
