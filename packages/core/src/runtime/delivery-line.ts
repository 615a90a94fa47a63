import { dataBytes } from '../record/data-bytes.ts';
import { joinBatches } from '../record/join-batches.ts';
import { keyAt } from '../record/key-at.ts';
import type { TaskBatch } from '../record/task-batch.ts';

/** Rows that wait to be written to a sink. */
export interface Waiting {
  rows: TaskBatch;
  /** How often they were refused. */
  refused: number;
  /** When they were first written; null before. */
  firstAt: number | null;
  /** Before this time they are not written; 0 for at once. */
  dueAt: number;
  /** Whether nothing else is written until then, since the sink took nothing at all. */
  barrier: boolean;
  /** When they came. */
  readonly since: number;
  /** Their keys, where somebody has asked for them. */
  keys: ReadonlySet<string> | null;
}

/** What a write may take. */
export interface WriteLimit {
  readonly records: number;
  readonly bytes: number;
  /** How long rows may wait for more. */
  readonly delayMs: number;
}

/** What waits already goes together up to so much, where nothing says how much a write may take. */
const joinedRecords = 4096;
const joinedBytes = 1 << 20;

/** What to do next: write rows, or wait until a time; null for nothing. */
export type NextWrite = { readonly write: Waiting } | { readonly at: number } | null;

/**
 * The rows of one task that wait for one sink, in order. Rows that were refused for a while hold back those of their keys that came
 * later, and no others; rows without a key hold back nobody.
 */
export class DeliveryLine {
  readonly #limit: WriteLimit;
  readonly #waiting: Waiting[] = [];
  /** How many places in line each epoch has. */
  readonly #places = new Map<number, number>();

  constructor(limit: WriteLimit) {
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether rows of an epoch are in line. */
  has(epoch: number): boolean {
    return this.#places.has(epoch);
  }

  add(rows: TaskBatch, now: number): void {
    this.#counted(rows.epoch, 1);
    this.#waiting.push({ rows, refused: 0, firstAt: null, dueAt: 0, barrier: false, since: now, keys: null });
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#places.clear();
  }

  /** Takes rows out of line for good. */
  remove(waiting: Waiting): void {
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    this.#counted(waiting.rows.epoch, -1);
  }

  /**
   * Finds what to write next. `epoch`: only rows of it, or null for any; `flush`: whether an epoch's rows are not to wait for more.
   * Where only some rows of a batch may go, the others stay behind in a place of their own.
   */
  next(now: number, epoch: number | null, flush: (epoch: number) => boolean): NextWrite {
    const held = new Set<string>();
    let at = Infinity;
    for (let i = 0; i < this.#waiting.length; i++) {
      const waiting = this.#waiting[i] as Waiting;
      if (epoch !== null && waiting.rows.epoch !== epoch) continue;
      if (waiting.dueAt > now) {
        at = Math.min(at, waiting.dueAt);
        if (waiting.barrier) break;
        for (const key of keysOf(waiting)) held.add(key);
        continue;
      }
      const ready = held.size === 0 ? waiting : this.#unheld(i, held);
      if (ready === null) continue;
      const until = this.#gathersUntil(this.#waiting.indexOf(ready), flush);
      if (until > now) {
        at = Math.min(at, until);
        // What waits for more is no reason for others to overtake it.
        break;
      }
      // What joined it might be of a key that is held.
      return { write: this.#sized(this.#waiting.indexOf(ready), held.size === 0) };
    }
    return at === Infinity ? null : { at };
  }

  /** Splits the rows at a place into those whose keys are not held and the others, which stay behind them; null where all are held. */
  #unheld(index: number, held: Set<string>): Waiting | null {
    const waiting = this.#waiting[index] as Waiting;
    const { rows } = waiting;
    const free: number[] = [];
    const behind: number[] = [];
    for (let i = 0; i < rows.rows; i++) {
      const row = rows.row(i);
      const key = keyAt(rows.keys, row);
      (key !== null && held.has(key) ? behind : free).push(row);
    }
    if (behind.length === 0) return waiting;
    if (free.length === 0) {
      for (const key of keysOf(waiting)) held.add(key);
      return null;
    }
    return this.#divide(index, free, behind);
  }

  #divide(index: number, first: readonly number[], rest: readonly number[]): Waiting {
    const waiting = this.#waiting[index] as Waiting;
    const { rows } = waiting;
    const later: Waiting = { ...waiting, rows: rows.view(Uint32Array.from(rest)), keys: null };
    waiting.rows = rows.view(Uint32Array.from(first));
    waiting.keys = null;
    rows.release();
    this.#waiting.splice(index + 1, 0, later);
    this.#counted(later.rows.epoch, 1);
    return waiting;
  }

  /** Until when rows wait for more to be written with them; the past where they need not. */
  #gathersUntil(index: number, flush: (epoch: number) => boolean): number {
    const { delayMs, records, bytes } = this.#limit;
    const first = this.#waiting[index] as Waiting;
    if (delayMs === 0 || first.refused > 0 || flush(first.rows.epoch)) return 0;
    let [rows, size] = [0, 0];
    for (const each of this.#gathered(index)) {
      rows += each.rows.rows;
      size += dataBytes(each.rows, each.rows.selection);
    }
    return rows >= records || size >= bytes ? 0 : first.since + delayMs;
  }

  #gathered(index: number): Waiting[] {
    const first = this.#waiting[index] as Waiting;
    const found: Waiting[] = [];
    for (let i = index; i < this.#waiting.length; i++) {
      const each = this.#waiting[i] as Waiting;
      if (each.refused > 0 || each.rows.epoch !== first.rows.epoch) break;
      found.push(each);
    }
    return found;
  }

  /** Joins rows with those that wait behind them, or cuts them, to what one write may take. */
  #sized(index: number, mayJoin: boolean): Waiting {
    const first = this.#waiting[index] as Waiting;
    const { records, bytes } = this.#limit;
    if (first.rows.rows > records) {
      const all = Array.from({ length: first.rows.rows }, (_, i) => first.rows.row(i));
      return this.#divide(index, all.slice(0, records), all.slice(records));
    }
    if (first.refused > 0 || !mayJoin) return first;
    const [mostRows, mostBytes] = [Math.min(records, joinedRecords), Math.min(bytes, joinedBytes)];
    const joined: Waiting[] = [];
    let [rows, size] = [0, 0];
    for (const each of this.#gathered(index)) {
      rows += each.rows.rows;
      size += dataBytes(each.rows, each.rows.selection);
      if (joined.length > 0 && (rows > mostRows || size > mostBytes)) break;
      joined.push(each);
    }
    if (joined.length < 2) return first;
    const batches = joined.map((each) => each.rows) as [TaskBatch, ...TaskBatch[]];
    first.rows = joinBatches(batches);
    first.keys = null;
    for (const batch of batches) batch.release();
    this.#waiting.splice(index + 1, joined.length - 1);
    this.#counted(first.rows.epoch, 1 - joined.length);
    return first;
  }

  #counted(epoch: number, change: number): void {
    const places = (this.#places.get(epoch) ?? 0) + change;
    if (places === 0) this.#places.delete(epoch);
    else this.#places.set(epoch, places);
  }
}

function keysOf(waiting: Waiting): ReadonlySet<string> {
  if (waiting.keys !== null) return waiting.keys;
  const keys = new Set<string>();
  for (let i = 0; i < waiting.rows.rows; i++) {
    const key = keyAt(waiting.rows.keys, waiting.rows.row(i));
    if (key !== null) keys.add(key);
  }
  return (waiting.keys = keys);
}
