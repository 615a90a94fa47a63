import { branchName, nonNullBranch, type RecordSchema, type Schema, type UnionSchema } from '@headrace/avro';
import { DataFault, withinField, withinItem } from '../data-fault.ts';
import { leafWriter, notEncodable, type JsonWriter, type TimestampForm } from './write-leaf.ts';

/** Returns the writer of values of a schema: closures made once, one a type. */
export function jsonWriter(schema: Schema, timestamps: TimestampForm): JsonWriter {
  return new Writers(timestamps).of(schema);
}

class Writers {
  readonly #timestamps: TimestampForm;
  // A record that contains itself finds its own writer here.
  readonly #records = new Map<RecordSchema, JsonWriter>();

  constructor(timestamps: TimestampForm) {
    this.#timestamps = timestamps;
  }

  of(schema: Schema): JsonWriter {
    switch (schema.kind) {
      case 'array':
        return arrayWriter(this.of(schema.items));
      case 'map':
        return mapWriter(this.of(schema.values));
      case 'record':
        return this.#record(schema);
      case 'union':
        return this.#union(schema);
      default:
        return leafWriter(schema, this.#timestamps);
    }
  }

  #record(schema: RecordSchema): JsonWriter {
    const known = this.#records.get(schema);
    if (known !== undefined) return known;
    let write: JsonWriter = notEncodable.bind(null, 'a record');
    this.#records.set(schema, (value) => write(value));
    const fields = schema.fields.map(({ name, type }, index) => ({
      name,
      lead: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      write: this.of(type),
    }));
    write = recordWriter(fields);
    return write;
  }

  #union(schema: UnionSchema): JsonWriter {
    const only = nonNullBranch(schema);
    if (only !== null) {
      const write = this.of(only);
      return (value) => (value === null ? 'null' : write(value));
    }
    const nullable = schema.branches.some(({ kind }) => kind === 'null');
    return unionWriter(new Map(schema.branches.map((branch) => [branchName(branch), this.of(branch)])), nullable);
  }
}

interface FieldWriter {
  readonly name: string;
  readonly lead: string;
  readonly write: JsonWriter;
}

function recordWriter(fields: readonly FieldWriter[]): JsonWriter {
  if (fields.length === 0) return () => '{}';
  return (value) => {
    if (typeof value !== 'object' || value === null) return notEncodable('a record', value);
    const record = value as Record<string, unknown>;
    let text = '';
    for (const { name, lead, write } of fields) {
      try {
        text += lead + write(record[name]);
      } catch (thrown) {
        throw withinField(name, thrown);
      }
    }
    return `${text}}`;
  };
}

function arrayWriter(write: JsonWriter): JsonWriter {
  return (value) => {
    if (!Array.isArray(value)) return notEncodable('a list', value);
    const texts = value.map((item: unknown, index) => {
      try {
        return write(item);
      } catch (thrown) {
        throw withinItem(index, thrown);
      }
    });
    return `[${texts.join(',')}]`;
  };
}

function mapWriter(write: JsonWriter): JsonWriter {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return notEncodable('a map', value);
    const texts = Object.entries(value).map(([key, entry]: [string, unknown]) => {
      try {
        return `${JSON.stringify(key)}:${write(entry)}`;
      } catch (thrown) {
        throw withinItem(key, thrown);
      }
    });
    return `{${texts.join(',')}}`;
  };
}

function unionWriter(branches: ReadonlyMap<string, JsonWriter>, nullable: boolean): JsonWriter {
  return (value) => {
    if (value === null && nullable) return 'null';
    if (typeof value !== 'object' || value === null) return notEncodable('an object with the name of a branch', value);
    const names = Object.keys(value);
    const name = names[0] ?? '';
    const write = branches.get(name);
    if (names.length !== 1 || write === undefined) {
      throw new DataFault('NOT_ENCODABLE', 'expected an object with the name of one branch');
    }
    try {
      return `{${JSON.stringify(name)}:${write((value as Record<string, unknown>)[name])}}`;
    } catch (thrown) {
      throw withinField(name, thrown);
    }
  };
}
