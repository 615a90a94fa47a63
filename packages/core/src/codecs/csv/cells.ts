import { nonNullBranch, type Schema } from '@headrace/avro';
import { DataFault } from '../data-fault.ts';
import { exactNumber } from '../json/parse-exactly.ts';
import { leafReader } from '../json/read-leaf.ts';
import { leafWriter, type TimestampForm } from '../json/write-leaf.ts';

type Leaf = Exclude<Schema, { kind: 'record' | 'array' | 'map' | 'union' }>;

/** Tells whether values of a schema are one cell: a type without parts, or null or such a type. */
export function isCell(schema: Schema): boolean {
  const kind = (nonNullBranch(schema) ?? schema).kind;
  return kind !== 'record' && kind !== 'array' && kind !== 'map' && kind !== 'union';
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const numeric = new Set(['int', 'long', 'float', 'double']);

/** Returns what reads a cell as JSON is read: numbers exactly, times in both forms. An empty cell is null where the schema takes null. */
export function cellReader(schema: Schema): (text: string) => unknown {
  const inner = nonNullBranch(schema);
  if (inner !== null) {
    const read = cellReader(inner);
    return (text) => (text === '' ? null : read(text));
  }
  const leaf = schema as Leaf;
  const read = leafReader(leaf);
  if (leaf.kind === 'boolean')
    return (text) => {
      if (text === 'true' || text === 'false') return text === 'true';
      throw new DataFault('BAD_CSV', 'expected true or false');
    };
  if (leaf.kind === 'null') return (text) => (text === '' ? null : read(text));
  if (!numeric.has(leaf.kind)) return read;
  return (text) => read(number.test(text) ? exactNumber(text) : text);
}

/** Returns what writes a value as the text of a cell; null is an empty one. */
export function cellWriter(schema: Schema, timestamps: TimestampForm): (value: unknown) => string | null {
  const write = leafWriter((nonNullBranch(schema) ?? schema) as Leaf, timestamps);
  return (value) => {
    if (value === null || value === undefined) return null;
    const json = write(value);
    return json.startsWith('"') ? (JSON.parse(json) as string) : json;
  };
}
