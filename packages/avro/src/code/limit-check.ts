import { code, constant, NO_CODE, type Code } from '@headrace/codegen';
import { createCodec } from '../codec.ts';
import { ITEMS_OF_MAP, MAX_ITEMS } from '../limits.ts';
import { Reader } from '../reader.ts';
import type { LongForm, RecordSchema, Schema } from '../schema.ts';
import { sizeOf } from '../sizes.ts';
import { compileSkip, type Skip } from '../skip.ts';
import type { WriterNames } from './encode-code.ts';

/**
 * Writes the statement that holds a datum, whose parts were counted each by itself, to the items and the depth that
 * readers allow all of it. Items take bytes, so that a short datum needs no look; of types without arrays and maps
 * none does. `deepens` says that a value that contains itself lies deeper than where it was counted.
 */
export function limitCheck(schema: RecordSchema, start: Code, deepens: boolean, names: WriterNames): Code {
  const { out, at, long } = names;
  const most = itemsOfByte(schema, new Set());
  if (most === 0 && !deepens) return NO_CODE;
  const check = code`${constant(walkOf(schema, long), 'checkLimits')}(${out}, ${start}, ${at});`;
  return deepens ? check : code`if ((${at} - ${start}) * ${Math.min(most, MAX_ITEMS + 1)} > ${MAX_ITEMS}) ${check}`;
}

/** Returns how many items stand for one byte at most: those that take none stand for any number. */
function itemsOfByte(schema: Schema, seen: Set<Schema>): number {
  if (seen.has(schema)) return 0;
  seen.add(schema);
  switch (schema.kind) {
    case 'array':
      return Math.max(ofItem(schema.items, 0), itemsOfByte(schema.items, seen));
    case 'map':
      return Math.max(ITEMS_OF_MAP, ofItem(schema.values, 1), itemsOfByte(schema.values, seen));
    case 'union':
      return Math.max(...schema.branches.map((branch) => itemsOfByte(branch, seen)));
    case 'record':
      return Math.max(0, ...schema.fields.map((field) => itemsOfByte(field.type, seen)));
    default:
      return 0;
  }
}

function ofItem(item: Schema, keyBytes: number): number {
  const { bytes, empties } = sizeOf(item);
  return Math.max(1, empties) / (bytes + keyBytes);
}

function walkOf(schema: RecordSchema, long: LongForm): (buffer: Buffer, start: number, end: number) => void {
  const reader = new Reader();
  let skip: Skip | null = null;
  return (buffer, start, end) => {
    reader.open(buffer, start, end);
    try {
      skip ??= compileSkip(schema, new Map());
      skip(reader);
    } catch {
      // What passes over values does not name their places.
      createCodec(schema, { long }).decode(buffer, start, end);
    } finally {
      reader.close();
    }
  };
}
