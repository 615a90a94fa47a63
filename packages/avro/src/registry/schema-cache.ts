import type { Schema } from '../schema.ts';
import { LruCache } from './lru-cache.ts';
import { parseStored } from './parse-stored.ts';
import { resolveReferences, type LoadReference } from './resolve-references.ts';
import type { SchemaReference, StoredSchema } from './stored-schema.ts';

/** Holds a schema that the registry knows by an id. */
export interface RegisteredSchema {
  readonly id: number;
  /** With the types of its references; the same object as long as it is remembered. */
  readonly schema: Schema;
  /** As the registry has it. */
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** Parses the schemas of a registry and remembers them by id: what an id means never changes. */
export class SchemaCache {
  readonly #load: LoadReference;
  readonly #byId: LruCache<number, RegisteredSchema>;

  constructor(max: number, load: LoadReference) {
    this.#load = load;
    this.#byId = new LruCache(max);
  }

  get(id: number): RegisteredSchema | undefined {
    return this.#byId.get(id);
  }

  /** Returns the schema of an id, which is parsed unless it is remembered. */
  async parse(id: number, stored: StoredSchema, request: string): Promise<RegisteredSchema> {
    const before = this.#byId.get(id);
    if (before !== undefined) return before;
    const referenced = await resolveReferences(stored, this.#load, request);
    const { text, references } = stored;
    const registered = Object.freeze({ id, schema: parseStored(stored, referenced, request), text, references });
    // Another request for the same id may have been faster: all shall see one object.
    const meanwhile = this.#byId.get(id);
    if (meanwhile !== undefined) return meanwhile;
    this.#byId.set(id, registered);
    return registered;
  }
}
