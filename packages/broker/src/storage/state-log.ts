import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { crc32c } from '@headrace/protocol';
import type { Journal, JournalKey } from './journal.ts';

/** An entry as it was put. */
export interface JournalEntry {
  readonly key: JournalKey;
  readonly value: unknown;
}

const frameBytes = 8;
/** A log that is so long, and so many times as long as what it says, is written anew. */
const longBytes = 8 << 20;
const longTimes = 4;

/**
 * The last value of each key in an append-only file: frames of a length and a checksum (CRC-32C) of 32 bits each, big-endian, then
 * `[key, value]` as JSON. What a crash left half at the end is cut off; the file is written anew when it is opened.
 */
export class StateLog implements Journal {
  readonly #file: string;
  /** Frames by key, as JSON. */
  readonly #frames = new Map<string, Buffer>();
  #descriptor: number;
  #bytes = 0;
  #liveBytes = 0;

  /** Opens the file, which need not be there. */
  constructor(file: string) {
    this.#file = file;
    for (const { key, value } of readEntries(file)) this.#keep(JSON.stringify(key), frameOf(key, value), value);
    this.#descriptor = this.#rewrite();
  }

  /** Returns the entries of a kind in the order in which their keys were first put. */
  entries(kind: string): readonly JournalEntry[] {
    return [...this.#frames.values()].map(parseFrame).filter(({ key }) => key[0] === kind);
  }

  put(key: JournalKey, value: unknown): void {
    const name = JSON.stringify(key);
    if (value === null && !this.#frames.has(name)) return;
    const frame = frameOf(key, value);
    this.#keep(name, frame, value);
    writeSync(this.#descriptor, frame);
    this.#bytes += frame.length;
    if (this.#bytes < longBytes || this.#bytes < longTimes * this.#liveBytes) return;
    closeSync(this.#descriptor);
    this.#descriptor = this.#rewrite();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #keep(name: string, frame: Buffer, value: unknown): void {
    this.#liveBytes -= this.#frames.get(name)?.length ?? 0;
    if (value === null) return void this.#frames.delete(name);
    this.#frames.set(name, frame);
    this.#liveBytes += frame.length;
  }

  /** Writes what is known into a new file that takes the place of the old at once. */
  #rewrite(): number {
    const next = `${this.#file}.tmp`;
    writeFileSync(next, Buffer.concat([...this.#frames.values()]));
    renameSync(next, this.#file);
    this.#bytes = this.#liveBytes;
    return openSync(this.#file, 'a');
  }
}

function frameOf(key: JournalKey, value: unknown): Buffer {
  const text = JSON.stringify([key, value]);
  const frame = Buffer.allocUnsafe(frameBytes + Buffer.byteLength(text));
  frame.writeUInt32BE(frame.length - frameBytes, 0);
  frame.write(text, frameBytes);
  frame.writeUInt32BE(crc32c(frame, frameBytes), 4);
  return frame;
}

function parseFrame(frame: Buffer): JournalEntry {
  const [key, value] = JSON.parse(frame.toString('utf8', frameBytes)) as [JournalKey, unknown];
  return { key, value };
}

function* readEntries(file: string): Generator<JournalEntry> {
  const bytes = readIfThere(file);
  for (let at = 0; bytes.length - at >= frameBytes;) {
    const end = at + frameBytes + bytes.readUInt32BE(at);
    if (end > bytes.length || crc32c(bytes, at + frameBytes, end) !== bytes.readUInt32BE(at + 4)) return;
    yield parseFrame(bytes.subarray(at, end));
    at = end;
  }
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
