import {
  branchName,
  defaultValue,
  nonNullBranch,
  type Field,
  type RecordSchema,
  type Schema,
  type UnionSchema,
} from '@headrace/avro';
import { DataFault, withinField, withinItem } from '../data-fault.ts';
import { leafReader, mismatch, type JsonReader } from './read-leaf.ts';

/** What reading does with fields that the schema does not have. */
export type UnknownFields = 'ignore' | 'error';

/** Returns the reader of parsed JSON for a schema: closures made once, one a type. */
export function jsonReader(schema: Schema, unknown: UnknownFields): JsonReader {
  return new Readers(unknown).of(schema);
}

class Readers {
  readonly #unknown: UnknownFields;
  // A record that contains itself finds its own reader here.
  readonly #records = new Map<RecordSchema, JsonReader>();

  constructor(unknown: UnknownFields) {
    this.#unknown = unknown;
  }

  of(schema: Schema): JsonReader {
    switch (schema.kind) {
      case 'array':
        return arrayReader(this.of(schema.items));
      case 'map':
        return mapReader(this.of(schema.values));
      case 'record':
        return this.#record(schema);
      case 'union':
        return this.#union(schema);
      default:
        return leafReader(schema);
    }
  }

  #record(schema: RecordSchema): JsonReader {
    const known = this.#records.get(schema);
    if (known !== undefined) return known;
    let read: JsonReader = mismatch.bind(null, 'an object');
    this.#records.set(schema, (json) => read(json));
    const fields = schema.fields.map((field) => fieldReader(field, this.of(field.type)));
    read = recordReader(fields, this.#unknown === 'error' ? new Set(schema.fields.map(({ name }) => name)) : null);
    return read;
  }

  #union(schema: UnionSchema): JsonReader {
    const only = nonNullBranch(schema);
    if (only !== null) {
      const read = this.of(only);
      return (json) => (json === null ? null : read(json));
    }
    const nullable = schema.branches.some(({ kind }) => kind === 'null');
    const tagged = schema.branches.filter(({ kind }) => kind !== 'null');
    return unionReader(new Map(tagged.map((branch) => [branchName(branch), this.of(branch)])), nullable);
  }
}

interface FieldReader {
  readonly name: string;
  readonly read: JsonReader;
  /** Gives a fresh default; null where there is none. */
  readonly missing: (() => unknown) | null;
}

function fieldReader(field: Field, read: JsonReader): FieldReader {
  return { name: field.name, read, missing: field.default === undefined ? null : () => defaultValue(field) };
}

function recordReader(fields: readonly FieldReader[], known: ReadonlySet<string> | null): JsonReader {
  return (json) => {
    if (!isObject(json)) return mismatch('an object', json);
    const record: Record<string, unknown> = {};
    for (const { name, read, missing } of fields) {
      if (Object.hasOwn(json, name)) {
        try {
          record[name] = read(json[name]);
        } catch (thrown) {
          throw withinField(name, thrown);
        }
      } else if (missing !== null) record[name] = missing();
      else throw new DataFault('BAD_JSON', 'the field is missing and has no default', name);
    }
    if (known !== null) refuseUnknown(json, known);
    return record;
  };
}

function refuseUnknown(json: Record<string, unknown>, known: ReadonlySet<string>): void {
  for (const name of Object.keys(json)) {
    if (!known.has(name))
      throw withinField(name.slice(0, 40), new DataFault('BAD_JSON', 'the schema has no such field'));
  }
}

function arrayReader(read: JsonReader): JsonReader {
  return (json) => {
    if (!Array.isArray(json)) return mismatch('a list', json);
    return json.map((item, index) => {
      try {
        return read(item);
      } catch (thrown) {
        throw withinItem(index, thrown);
      }
    });
  };
}

function mapReader(read: JsonReader): JsonReader {
  return (json) => {
    if (!isObject(json)) return mismatch('an object', json);
    const map = Object.create(null) as Record<string, unknown>;
    for (const key of Object.keys(json)) {
      try {
        map[key] = read(json[key]);
      } catch (thrown) {
        throw withinItem(key, thrown);
      }
    }
    return map;
  };
}

function unionReader(branches: ReadonlyMap<string, JsonReader>, nullable: boolean): JsonReader {
  const expected = `an object with one of ${[...branches.keys()].map((name) => `"${name}"`).join(', ')}`;
  return (json) => {
    if (json === null && nullable) return null;
    if (!isObject(json)) return mismatch(expected, json);
    const names = Object.keys(json);
    const name = names[0] ?? '';
    const read = branches.get(name);
    if (names.length !== 1 || read === undefined) throw new DataFault('BAD_JSON', `expected ${expected}`);
    try {
      return { [name]: read(json[name]) };
    } catch (thrown) {
      throw withinField(name, thrown);
    }
  };
}

function isObject(json: unknown): json is Record<string, unknown> {
  return (
    typeof json === 'object' &&
    json !== null &&
    !Array.isArray(json) &&
    Object.getPrototypeOf(json) === Object.prototype
  );
}
