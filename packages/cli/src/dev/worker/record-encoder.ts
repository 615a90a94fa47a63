import { FRAME_BYTES, writeFrame } from '@headrace/avro';
import { HeadraceError, isDynamic, type Encoding, type Registry, type SchemaRegistry } from '@headrace/core';
import type { InjectedRecord } from './injections.ts';
import type { WrittenRecord } from './samples.ts';
import { jsonOf } from './taps.ts';

/** How the records of a node lie: what is sent is made as a source reads it. */
export interface RecordForm {
  readonly node: string;
  readonly key: Encoding | null;
  readonly value: Encoding;
  /** The field of the value that the key is. */
  readonly keyField: string | null;
  /** The subject of a registry that its schemas go to. */
  readonly subject: string;
}

/** Makes the bytes of records that are written as JSON. */
export class RecordEncoder {
  readonly #registry: Registry;
  readonly #schemas: () => SchemaRegistry;

  constructor(registry: Registry, schemas: () => SchemaRegistry) {
    this.#registry = registry;
    this.#schemas = schemas;
  }

  /** Encodes a record; rejects where it does not fit what the source reads. */
  async encode(written: WrittenRecord, form: RecordForm, now: number): Promise<InjectedRecord> {
    const { value, raw, headers = {}, at } = written;
    const key = written.key ?? fieldOf(value, form.keyField);
    return {
      key: key === undefined || key === null ? null : await this.#key(key, form),
      value: raw === undefined ? await this.#value(value, form) : Buffer.from(raw),
      timestamp: at === undefined ? now : typeof at === 'string' ? Date.parse(at) : at,
      headers,
    };
  }

  async #value(value: unknown, { value: encoding, subject }: RecordForm): Promise<Uint8Array | null> {
    return value === null || value === undefined ? null : this.#bytes(value, encoding, `${subject}-value`);
  }

  async #key(key: unknown, { key: encoding, subject }: RecordForm): Promise<Uint8Array> {
    if (encoding === null || encoding.codec === 'bytes')
      return Buffer.from(typeof key === 'string' ? key : JSON.stringify(key));
    return this.#bytes(key, encoding, `${subject}-key`);
  }

  async #bytes(written: unknown, encoding: Encoding, subject: string): Promise<Uint8Array> {
    const { frame, schema, ...rest } = encoding;
    const codec = this.#registry.codec(encoding.codec);
    const json = this.#registry.codec('json');
    if (codec === undefined || json === undefined)
      throw new HeadraceError('UNKNOWN_TYPE', `The codec "${encoding.codec}" is not registered.`);
    const text = Buffer.from(JSON.stringify(written));
    const value = json.decoder(jsonOf(schema))(text, 0, text.length, -1);
    const bare = codec.encoder({ ...rest, schema }, schema)(value);
    if (frame === undefined) return bare;
    if (isDynamic(schema))
      throw new HeadraceError(
        'SCHEMA_NEEDED',
        `"${subject}" is read with any schema of the registry, and there is none to write with.`,
      );
    const id = await this.#schemas().register(subject, { schema });
    const framed = new Uint8Array(FRAME_BYTES + bare.length);
    framed.set(bare, writeFrame(framed, 0, id));
    return framed;
  }
}

function fieldOf(value: unknown, field: string | null): unknown {
  if (field === null || typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
}
