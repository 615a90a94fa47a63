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

  /** Adds a batch and returns whether it begins a segment: the one before is closed then. */
  add(batch: StoredBatch, now: number, { segmentBytes, segmentMs }: LogSettings): boolean {
    let segment = this.#segments.at(-1);
    const isFull =
      segment === undefined || segment.bytes + batch.bytes.length > segmentBytes || now - segment.openedAt > segmentMs;
    if (segment === undefined || isFull) {
      segment = { base: batch.baseOffset, batches: [], bytes: 0, maxTimestamp: -1, openedAt: now };
      this.#segments.push(segment);
    }
    this.#store.append(segment.base, batch.bytes);
    this.#hold(segment, batch);
    return segment.batches.length === 1;
  }

  /** Returns the batches of the closed segments that end before an offset and have no record after a time. */
  closed(before: number, notAfter: number): readonly (readonly StoredBatch[])[] {
    const closed = this.#segments.slice(0, -1);
    const open = closed.findIndex(
      ({ batches, maxTimestamp }) => (batches.at(-1) as StoredBatch).lastOffset >= before || maxTimestamp > notAfter,
    );
    return (open < 0 ? closed : closed.slice(0, open)).map(({ batches }) => batches);
  }

  /** Puts batches in the place of those of the first segments; a segment that is left without any goes. */
  replace(segments: readonly (readonly StoredBatch[])[]): void {
    const replaced = this.#segments.splice(0, segments.length);
    const left: Segment[] = [];
    for (const [index, old] of replaced.entries()) {
      const batches = segments[index] ?? [];
      this.#bytes -= old.bytes;
      const segment: Segment = { ...old, batches: [], bytes: 0, maxTimestamp: -1 };
      for (const batch of batches) this.#hold(segment, batch);
      if (batches.length > 0) left.push(segment);
      if (batches.length === 0) this.#store.remove(old.base);
      else if (segment.bytes !== old.bytes) this.#store.replace(old.base, batches.map(({ bytes }) => bytes)); // prettier-ignore
    }
    this.#segments.unshift(...left);
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
