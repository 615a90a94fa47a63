import type { Preparer } from '../compile/compile-topology.ts';
import type { Position } from '../component/position.ts';
import type { SplitProgress, SplitReader } from '../component/split-reader.ts';
import { columnsBytes, type Columns } from '../record/columns.ts';
import { HeldBuffers, memoryOf } from '../record/held-buffers.ts';

/** A piece of a split that waits in a task's queue; `records` null where the position only moved. */
export interface IntakePiece {
  readonly records: Columns | null;
  /** The memory that it takes, beside what it may share with other pieces. */
  readonly bytes: number;
  readonly next: Position;
  readonly nextOffset: number;
}

/** What the intake tells its task. */
export interface IntakeHost {
  /** Something was queued, or the split has ended. */
  arrived(): void;
  fail(error: unknown): void;
}

/** What is special about an intake. */
export interface IntakeOptions {
  readonly mostRecords?: number;
  /** Waits until records can be decoded, before they are queued. */
  readonly prepare?: Preparer | null;
  /** Whether the place where reading begins is queued as a position of its own. */
  readonly keepsStart?: boolean;
}

const readRecords = 4096;
const readBytes = 1 << 20;
const waitMs = 500;

/** Reads one split into a bounded queue. A full queue stops reading this split and only this one. */
export class Intake {
  readonly #reader: SplitReader;
  readonly #host: IntakeHost;
  readonly #limitBytes: () => number;
  readonly #abort = new AbortController();
  readonly #queue: IntakePiece[] = [];
  readonly #records: number;
  readonly #prepare: Preparer | null;
  #keepsStart: boolean;
  readonly #held = new HeldBuffers();
  #queuedBytes = 0;
  #queuedRecords = 0;
  #wakeReader: (() => void) | null = null;
  #ended = false;
  #loop: Promise<void> | null = null;

  constructor(
    reader: SplitReader,
    limitBytes: () => number,
    host: IntakeHost,
    { mostRecords = Infinity, prepare = null, keepsStart = false }: IntakeOptions = {},
  ) {
    this.#prepare = prepare;
    this.#keepsStart = keepsStart;
    this.#reader = reader;
    this.#limitBytes = limitBytes;
    this.#host = host;
    this.#records = Math.min(readRecords, mostRecords);
  }

  /** Whether the split has no more records and the queue is empty. */
  get ended(): boolean {
    return this.#ended && this.#queue.length === 0;
  }

  /** The records that were read and wait. */
  get queuedRecords(): number {
    return this.#queuedRecords;
  }

  /** The bytes that were read, or fetched ahead, and wait. */
  get queuedBytes(): number {
    return this.#queuedBytes + this.#held.bytes + (this.#reader.progress?.().bufferedBytes ?? 0);
  }

  /** What the reader knows of its split; null for one that knows nothing. */
  get progress(): SplitProgress | null {
    return this.#reader.progress?.() ?? null;
  }

  /** How far a position is in the split; null where that is not known. */
  share(at: Position | null): { readonly done: number; readonly total: number } | null {
    return this.#reader.share?.(at) ?? null;
  }

  /** Whether a piece waits, be it one that only moves the position. */
  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Starts reading. */
  start(): void {
    this.#loop = this.#read().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#host.fail(error);
    });
  }

  /** Takes the oldest piece, or null. */
  take(): IntakePiece | null {
    const piece = this.#queue.shift();
    if (piece === undefined) return null;
    this.#queuedBytes -= piece.bytes;
    if (piece.records !== null) this.#held.letGo(memoryOf(piece.records));
    this.#queuedRecords -= piece.records?.count ?? 0;
    this.#wake();
    return piece;
  }

  /** Stops reading and forgets what is queued: it belongs to no epoch. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    this.#queue.length = 0;
    this.#held.clear();
    this.#queuedBytes = 0;
    this.#queuedRecords = 0;
    await this.#loop;
    await this.#reader.close();
  }

  /** Tells the source that a position is committed. */
  async committed(at: Position): Promise<void> {
    await this.#reader.committed?.(at);
  }

  async #read(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      if (this.queuedBytes >= this.#limitBytes() && this.#queue.length > 0) {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        continue;
      }
      const result = await this.#reader.read({ records: this.#records, bytes: readBytes, waitMs }, signal);
      if (signal.aborted) return;
      this.#queueStart();
      if (result === 'idle') continue;
      if (result === 'end') {
        this.#ended = true;
        this.#host.arrived();
        return;
      }
      const waiting = result.records === null ? null : (this.#prepare?.(result.records, signal) ?? null);
      if (waiting !== null) await waiting;
      if (signal.aborted) return;
      const bytes = result.records === null ? 0 : columnsBytes(result.records);
      this.#queue.push({ records: result.records, bytes, next: result.next, nextOffset: result.nextOffset });
      this.#queuedBytes += bytes;
      if (result.records !== null) this.#held.hold(memoryOf(result.records));
      this.#queuedRecords += result.records?.count ?? 0;
      this.#host.arrived();
    }
  }

  #queueStart(): void {
    const first = this.#keepsStart ? (this.progress?.first ?? null) : null;
    if (first === null) return;
    this.#keepsStart = false;
    this.#queue.push({ records: null, bytes: 0, next: first, nextOffset: first });
    this.#host.arrived();
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = null;
    wake?.();
  }
}
