import { HeadraceError, type Encoding, type Registry, type ValueType } from '@headrace/core';

/** Turns values between JSON, as tests write them, and what they are in memory, by their schema. */
export class JsonValues {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Reads a value of a test: timestamps may be texts, decimals and bytes are. Throws where it does not fit the schema. */
  read(value: unknown, schema: ValueType): unknown {
    if (value === null || value === undefined) return null;
    const bytes = Buffer.from(JSON.stringify(value));
    return this.#codec().decoder({ codec: 'json', options: { unknown: 'error' }, schema })(bytes, 0, bytes.length, -1);
  }

  /** Writes a value as a test would; timestamps become numbers. */
  write(value: unknown, schema: ValueType): unknown {
    if (value === null || value === undefined) return null;
    const encoding: Encoding = { codec: 'json', options: {}, schema };
    return JSON.parse(Buffer.from(this.#codec().encoder(encoding, schema)(value)).toString()) as unknown;
  }

  #codec() {
    const codec = this.#registry.codec('json');
    if (codec !== undefined) return codec;
    throw new HeadraceError('UNKNOWN_CODEC', 'Tests in JSON need the codec "json" in their registry.');
  }
}
