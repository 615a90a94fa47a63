import { parseSchema, RegistryError, schemasEqual, schemaToText, type Schema } from '@headrace/avro';
import type { SchemaRegistry } from '@headrace/core';

interface Stored {
  readonly id: number;
  readonly schema: Schema;
  readonly text: string;
  readonly references: readonly [];
}

type Given = { readonly schema: Schema | string };

/** A schema registry in memory: schemas get ids from 1 on, the same schema the same id. Any version of a subject fits any other. */
export class InMemorySchemaRegistry implements SchemaRegistry {
  readonly #schemas: Stored[] = [];
  readonly #subjects = new Map<string, Stored[]>();
  /** The questions by id since the registry was made, for tests of what is asked for. */
  readonly asked: number[] = [];
  /** Is thrown at questions by id as long as it is not null. */
  failure: RegistryError | null = null;

  /** Adds a schema to a subject and returns its id. */
  add(subject: string, schema: Schema): number {
    let stored = this.#schemas.find((one) => schemasEqual(one.schema, schema));
    if (stored === undefined) {
      stored = { id: this.#schemas.length + 1, schema, text: schemaToText(schema), references: [] };
      this.#schemas.push(stored);
    }
    const versions = this.#subjects.get(subject) ?? [];
    if (!versions.includes(stored)) versions.push(stored);
    this.#subjects.set(subject, versions);
    return stored.id;
  }

  /** Returns the schema of an id; throws `SCHEMA_NOT_FOUND` as the registry does. */
  schema(id: number): Schema {
    return this.#byId(id).schema;
  }

  async schemaById(id: number): Promise<Stored> {
    this.asked.push(id);
    if (this.failure !== null) throw this.failure;
    return this.#byId(id);
  }

  async register(subject: string, { schema }: Given): Promise<number> {
    return this.add(subject, typeof schema === 'string' ? parseSchema(JSON.parse(schema)) : schema);
  }

  async lookUp(subject: string, { schema }: Given): Promise<{ id: number; version: number }> {
    const wanted = typeof schema === 'string' ? parseSchema(JSON.parse(schema)) : schema;
    const at = this.#versions(subject).findIndex((one) => schemasEqual(one.schema, wanted));
    if (at >= 0) return { id: (this.#versions(subject)[at] as Stored).id, version: at + 1 };
    throw new RegistryError('SCHEMA_NOT_FOUND', '', `Subject "${subject}" does not hold the schema.`);
  }

  async versions(subject: string): Promise<readonly number[]> {
    return this.#versions(subject).map((_, index) => index + 1);
  }

  async version(subject: string, version: number | 'latest') {
    const versions = this.#versions(subject);
    const number = version === 'latest' ? versions.length : version;
    const stored = versions[number - 1];
    if (stored !== undefined) return { ...stored, subject, version: number };
    throw new RegistryError('VERSION_NOT_FOUND', '', `Subject "${subject}" has no version ${String(version)}.`);
  }

  close(): void {}

  #byId(id: number): Stored {
    const stored = this.#schemas[id - 1];
    if (stored !== undefined) return stored;
    throw new RegistryError('SCHEMA_NOT_FOUND', `GET /schemas/ids/${id}`, `No schema has the id ${id}.`);
  }

  #versions(subject: string): readonly Stored[] {
    const versions = this.#subjects.get(subject);
    if (versions !== undefined) return versions;
    throw new RegistryError('SUBJECT_NOT_FOUND', '', `There is no subject "${subject}".`);
  }
}
