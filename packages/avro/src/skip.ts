import type { Reader } from './reader.ts';
import type { ArraySchema, MapSchema, RecordSchema, Schema } from './schema.ts';
import { sizeOf } from './sizes.ts';

/** Passes over one value, checking lengths and counts but not the content. */
export type Skip = (reader: Reader) => void;

/** Builds the function that passes over values of a type. */
export function compileSkip(schema: Schema, known: Map<Schema, Skip>): Skip {
  switch (schema.kind) {
    case 'null':
      return () => {};
    case 'boolean':
      return (reader) => reader.skipFixed(1);
    case 'int':
    case 'long':
    case 'enum':
      return (reader) => reader.skipVarint();
    case 'float':
      return (reader) => reader.skipFixed(4);
    case 'double':
      return (reader) => reader.skipFixed(8);
    case 'bytes':
    case 'string':
      return (reader) => reader.skipBytes();
    case 'fixed':
      return (reader) => reader.skipFixed(schema.size);
    case 'array':
      return skipBlocks(schema, schema.items, compileSkip(schema.items, known));
    case 'map': {
      const value = compileSkip(schema.values, known);
      return skipBlocks(schema, schema.values, (reader) => {
        reader.skipBytes();
        value(reader);
      });
    }
    case 'union': {
      const branches = schema.branches.map((branch) => compileSkip(branch, known));
      return (reader) => (branches[reader.readIndex(branches.length, 'BAD_BRANCH')] as Skip)(reader);
    }
    case 'record':
      return skipRecord(schema, known);
  }
}

function skipBlocks(schema: ArraySchema | MapSchema, item: Schema, skip: Skip): Skip {
  const isMap = schema.kind === 'map';
  const minimumBytes = sizeOf(item).bytes + (isMap ? 1 : 0);
  const weight = Math.max(1, sizeOf(item).empties);
  return (reader) => {
    if (isMap) reader.enterMap();
    else reader.enter();
    for (;;) {
      const count = reader.readBlock(minimumBytes, weight);
      if (count === 0) break;
      for (let index = 0; index < count; index++) skip(reader);
    }
    reader.leave();
  };
}

function skipRecord(schema: RecordSchema, known: Map<Schema, Skip>): Skip {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const skips: Skip[] = [];
  const skip: Skip = (reader) => {
    reader.enter();
    for (const each of skips) each(reader);
    reader.leave();
  };
  known.set(schema, skip);
  for (const field of schema.fields) skips.push(compileSkip(field.type, known));
  return skip;
}
