import { FRAME_BYTES, readFrame, writeFrame } from '@headrace/avro';
import type { Encoder, Encoding } from '../component/encoding.ts';
import type { FramedReader } from '../component/framed-reader.ts';
import type { Registry } from '../component/registry.ts';
import type { SchemaRegistry } from '../component/schema-registry.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Column, Columns } from '../record/columns.ts';

/** What frames need from outside. */
export interface SchemaFramesContext {
  readonly components: Registry;
  readonly schemas: SchemaRegistry;
  /** Returns milliseconds that never go backwards. */
  now(): number;
}

/** The readers and writers of values with schema ids before them, of one run; each encoding has one reader, whoever reads by it. */
export class SchemaFrames {
  readonly #context: SchemaFramesContext;
  readonly #readers = new Map<Encoding, FramedReader>();
  readonly #ids = new Map<Encoding, number>();

  constructor(context: SchemaFramesContext) {
    this.#context = context;
  }

  /** Returns the reader of an encoding with frames. */
  reader(encoding: Encoding): FramedReader {
    let reader = this.#readers.get(encoding);
    if (reader === undefined) {
      const context = this.#context;
      const codec = context.components.codec(encoding.codec);
      reader = codec?.framedReader?.(encoding, context.schemas, () => context.now());
      if (reader === undefined)
        throw new HeadraceError('UNKNOWN_TYPE', `The codec "${encoding.codec}" reads no values with schema ids.`);
      this.#readers.set(encoding, reader);
    }
    return reader;
  }

  /** Sets the id under which values of an encoding are written. */
  assign(encoding: Encoding, id: number): void {
    this.#ids.set(encoding, id);
  }

  /** Puts the id of the encoding's schema before what an encoder gives. */
  writer(encoding: Encoding, encode: Encoder): Encoder {
    const id = this.#ids.get(encoding);
    if (id === undefined)
      throw new HeadraceError('SCHEMA_NOT_READY', 'A schema that is to be written has no id.', { retryable: true });
    return (value) => {
      const datum = encode(value);
      const framed = new Uint8Array(FRAME_BYTES + datum.length);
      framed.set(datum, writeFrame(framed, 0, id));
      return framed;
    };
  }

  /** Returns what waits until all values of columns can be decoded; each call returns null where nothing is to be waited for. */
  preparer(
    key: Encoding | null,
    value: Encoding,
  ): ((columns: Columns, signal: AbortSignal) => Promise<void> | null) | null {
    const readers = [
      ...(key?.frame === undefined ? [] : [{ part: 'keys' as const, reader: this.reader(key) }]),
      ...(value.frame === undefined ? [] : [{ part: 'values' as const, reader: this.reader(value) }]),
    ];
    if (readers.length === 0) return null;
    return (columns, signal) => {
      const waiting = readers.flatMap(({ part, reader }) => preparations(columns[part], columns.count, reader, signal));
      return waiting.length === 0 ? null : settle(waiting);
    };
  }
}

function preparations(column: Column, count: number, reader: FramedReader, signal: AbortSignal): Promise<void>[] {
  if (column.kind !== 'bytes') return [];
  const { buffer, starts, ends } = column;
  const waiting: Promise<void>[] = [];
  const seen = new Set<number>();
  let last = -1;
  for (let row = 0; row < count; row++) {
    const id = idAt(buffer, starts[row] as number, ends[row] as number);
    if (id < 0 || id === last || seen.has(id)) continue;
    last = id;
    seen.add(id);
    const one = reader.prepare(id, signal);
    if (one !== null) waiting.push(one);
  }
  return waiting;
}

// What is no frame fails when it is decoded.
function idAt(buffer: Uint8Array, start: number, end: number): number {
  if (start < 0 || end - start < FRAME_BYTES || buffer[start] !== 0) return -1;
  try {
    return readFrame(buffer, start, end);
  } catch {
    return -1;
  }
}

/** Waits for all, so that none is left behind, and rejects with what will not pass rather than with what may. */
async function settle(waiting: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(waiting);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const [first] = errors;
  if (first === undefined) return;
  throw errors.find((error) => !(error instanceof HeadraceError && error.retryable)) ?? first;
}
