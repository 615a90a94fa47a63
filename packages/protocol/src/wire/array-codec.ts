import { ProtocolError, within } from '../protocol-error.ts';
import type { Codec } from './codec.ts';
import { compactLength, intLength, nullNotAllowed } from './length.ts';

const noItems: readonly never[] = Object.freeze([]);

/** Makes the codec of an array. A count that the bytes at hand cannot hold is refused before an item is read. */
export function arrayCodec(item: Codec, flexible: boolean, nullable: boolean): Codec {
  const lengths = flexible ? compactLength : intLength;
  const least = Math.max(1, item.minimum);
  return {
    minimum: lengths.minimum,
    read(reader) {
      const count = lengths.read(reader);
      if (count === null && nullable) return null;
      if (count === null) throw nullNotAllowed();
      if (count * least > reader.left)
        throw new ProtocolError('TOO_MANY_ITEMS', `${count} items cannot be in ${reader.left} bytes.`);
      const items: unknown[] = [];
      return eachItem(count, () => items.push(item.read(reader)), items);
    },
    size(value) {
      const items = itemsOf(value, nullable);
      let size = lengths.size(items === null ? null : items.length);
      if (items !== null) eachItem(items.length, (index) => (size += item.size(items[index])), items);
      return size;
    },
    write(writer, value) {
      const items = value as readonly unknown[] | null;
      lengths.write(writer, items === null ? null : items.length);
      if (items !== null) eachItem(items.length, (index) => item.write(writer, items[index]), items);
    },
    isZero: (value) => value !== null && (value as readonly unknown[]).length === 0,
    zero: () => noItems,
  };
}

function itemsOf(value: unknown, nullable: boolean): readonly unknown[] | null {
  if (value === null && !nullable) throw nullNotAllowed();
  if (value === null || Array.isArray(value)) return value;
  throw new ProtocolError('NOT_ENCODABLE', 'An array is needed.');
}

function eachItem(count: number, step: (index: number) => unknown, items: readonly unknown[]): readonly unknown[] {
  let index = 0;
  try {
    for (; index < count; index++) step(index);
  } catch (error) {
    throw within(`[${index}]`, error);
  }
  return items;
}
