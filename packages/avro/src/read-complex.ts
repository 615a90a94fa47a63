import { AvroError, entryStep, itemStep, within } from './avro-error.ts';
import type { Read } from './reader.ts';
import type { ResolvedEnum } from './resolved.ts';
import type { Schema } from './schema.ts';
import { sizeOf } from './sizes.ts';

/** Builds the function that reads an array whose items were written as `writerItem`. */
export function readArray(writerItem: Schema, item: Read): Read {
  const { bytes, empties } = sizeOf(writerItem);
  const weight = Math.max(1, empties);
  return (reader) => {
    reader.enter();
    const items: unknown[] = [];
    try {
      for (;;) {
        const count = reader.readBlock(bytes, weight);
        if (count === 0) break;
        for (let index = 0; index < count; index++) items.push(item(reader));
      }
    } catch (error) {
      throw within(itemStep(items.length), error);
    }
    reader.leave();
    return items;
  };
}

/** Builds the function that reads a map whose values were written as `writerValue`. */
export function readMap(writerValue: Schema, value: Read): Read {
  const { bytes, empties } = sizeOf(writerValue);
  const weight = Math.max(1, empties);
  return (reader) => {
    reader.enterMap();
    // Without a prototype "__proto__" is a key like any other.
    const entries = Object.create(null) as Record<string, unknown>;
    let key: string | null = null;
    try {
      for (;;) {
        const count = reader.readBlock(bytes + 1, weight);
        if (count === 0) break;
        for (let index = 0; index < count; index++) {
          key = null;
          key = reader.readString();
          entries[key] = value(reader);
        }
      }
    } catch (error) {
      throw key === null ? error : within(entryStep(key), error);
    }
    reader.leave();
    return entries;
  };
}

/** Builds the function that reads a symbol; one that the reader does not know becomes its default. */
export function readEnum({ writer, symbols }: ResolvedEnum): Read {
  return (source) => {
    const index = source.readIndex(symbols.length, 'BAD_SYMBOL');
    const symbol = symbols[index];
    if (symbol !== undefined) return symbol;
    const name = `"${writer.symbols[index]}"`;
    throw new AvroError('RESOLUTION_FAILED', `the symbol ${name} is not one of the reader's, which has no default`);
  };
}

/** Builds the function that reads a union's branch. */
export function readUnion(branches: readonly Read[]): Read {
  return (reader) => (branches[reader.readIndex(branches.length, 'BAD_BRANCH')] as Read)(reader);
}

/** Builds the function that puts a value under the name of its branch. */
export function readTagged(name: string, read: Read): Read {
  return (reader) => {
    const tagged: Record<string, unknown> = {};
    tagged[name] = read(reader);
    return tagged;
  };
}
