import type { LogSettings } from './log-settings.ts';
import type { StoredBatch } from './stored-batch.ts';

interface Segment {
  readonly batches: StoredBatch[];
  bytes: number;
  maxTimestamp: number;
  readonly openedAt: number;
}

/** The batches of a partition in segments, which is what retention takes away: whole ones, the oldest first. */
export class Segments {
  readonly #segments: Segment[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(batch: StoredBatch, now: number, { segmentBytes, segmentMs }: LogSettings): void {
    let segment = this.#segments.at(-1);
    const isFull =
      segment === undefined || segment.bytes + batch.bytes.length > segmentBytes || now - segment.openedAt > segmentMs;
    if (segment === undefined || isFull) {
      segment = { batches: [], bytes: 0, maxTimestamp: -1, openedAt: now };
      this.#segments.push(segment);
    }
    segment.batches.push(batch);
    segment.bytes += batch.bytes.length;
    segment.maxTimestamp = Math.max(segment.maxTimestamp, batch.maxTimestamp);
    this.#bytes += batch.bytes.length;
  }

  /** Takes the segments away that are older or more than is kept, and tells whether any was; the newest stays unless it is too old. */
  expire(now: number, { retentionMs, retentionBytes, deletes }: LogSettings): boolean {
    const before = this.#segments.length;
    while (deletes && this.#segments.length > 0) {
      const oldest = this.#segments[0] as Segment;
      const isOld = retentionMs >= 0 && now - oldest.maxTimestamp > retentionMs;
      const isTooMuch =
        retentionBytes >= 0 && this.#segments.length > 1 && this.#bytes - oldest.bytes >= retentionBytes;
      if (!isOld && !isTooMuch) break;
      this.#segments.shift();
      this.#bytes -= oldest.bytes;
    }
    return this.#segments.length !== before;
  }

  /** Takes the segments away that end before an offset. */
  dropBefore(offset: number): void {
    while (this.#segments.length > 0) {
      const oldest = this.#segments[0] as Segment;
      if ((oldest.batches.at(-1) as StoredBatch).lastOffset >= offset) return;
      this.#segments.shift();
      this.#bytes -= oldest.bytes;
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
