import { entryStep, itemStep, within } from './avro-error.ts';
import { branchName, isTagged } from './branches.ts';
import { isObject, refuse } from './describe.ts';
import { writePlain } from './write-plain.ts';
import { writeRecord } from './write-record.ts';
import type { LongForm, RecordSchema, Schema, UnionSchema } from './schema.ts';
import type { Write } from './writer.ts';

/** Builds the function that writes values of a type; throws NOT_ENCODABLE for a value of another. */
export function compileWrite(schema: Schema, long: LongForm, known: Map<RecordSchema, Write> = new Map()): Write {
  switch (schema.kind) {
    case 'array':
      return writeArray(compileWrite(schema.items, long, known));
    case 'map':
      return writeMap(compileWrite(schema.values, long, known));
    case 'enum': {
      const indexes = new Map(schema.symbols.map((symbol, index) => [symbol as unknown, index]));
      return (writer, value) => writer.writeLong(indexes.get(value) ?? refuse(`a symbol of ${schema.name}`, value));
    }
    case 'union':
      return isTagged(schema) ? writeTagged(schema, long, known) : writeNullable(schema, long, known);
    case 'record':
      return writeRecord(schema, long, known, (type) => compileWrite(type, long, known));
    default:
      return writePlain(schema, long);
  }
}

function writeArray(item: Write): Write {
  return (writer, value) => {
    if (!Array.isArray(value)) return refuse('array', value);
    writer.enter();
    // A getter of an item may change the array; the count is written already.
    const { length } = value;
    writer.writeBlock(length);
    let index = 0;
    try {
      for (; index < length; index++) item(writer, value[index]);
    } catch (error) {
      throw within(itemStep(index), error);
    }
    writer.endBlocks();
  };
}

function writeMap(write: Write): Write {
  return (writer, value) => {
    if (!isObject(value)) return refuse('map', value);
    const keys = Object.keys(value);
    if (keys.length === 0 && !isPlain(value)) return refuse('map (an object with a key for each entry)', value);
    writer.enterMap();
    writer.writeBlock(keys.length);
    for (const key of keys) {
      try {
        if (!writer.writeString(key)) refuse('a key of well-formed text', key);
        write(writer, value[key]);
      } catch (error) {
        throw within(entryStep(key), error);
      }
    }
    writer.endBlocks();
  };
}

/** Tells whether an object is of no class: a Map or a Date without own keys would be written as an empty map. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function writeNullable(schema: UnionSchema, long: LongForm, known: Map<RecordSchema, Write>): Write {
  const nullIndex = schema.branches.findIndex((branch) => branch.kind === 'null');
  const branch = schema.branches[1 - nullIndex] as Schema;
  const write = compileWrite(branch, long, known);
  return (writer, value) => {
    writer.writeLong(value === null ? nullIndex : 1 - nullIndex);
    if (value !== null) write(writer, value);
  };
}

function writeTagged(schema: UnionSchema, long: LongForm, known: Map<RecordSchema, Write>): Write {
  const branches = new Map(
    schema.branches.map((branch, index) => [branchName(branch), { index, write: compileWrite(branch, long, known) }]),
  );
  const nullBranch = branches.get('null');
  const expected = `one of ${[...branches.keys()].map((name) => (name === 'null' ? name : `{ ${name}: … }`)).join(', ')}`;
  return (writer, value) => {
    if (value === null && nullBranch !== undefined) return writer.writeLong(nullBranch.index);
    if (!isObject(value)) return refuse(expected, value);
    const keys = Object.keys(value);
    const [name = ''] = keys;
    const branch = keys.length === 1 ? branches.get(name) : undefined;
    if (branch === undefined) return refuse(expected, value);
    writer.writeLong(branch.index);
    branch.write(writer, value[name]);
  };
}
