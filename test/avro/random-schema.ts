import type { Random } from './random.ts';

/** Is a schema as JSON. */
export type Json = string | Json[] | { [key: string]: unknown };

const PRIMITIVES = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string', 'string', 'long', 'null'];
const LOGICALS: Json[] = [
  { type: 'int', logicalType: 'date' },
  { type: 'int', logicalType: 'time-millis' },
  { type: 'long', logicalType: 'time-micros' },
  { type: 'long', logicalType: 'timestamp-millis' },
  { type: 'long', logicalType: 'timestamp-micros' },
  { type: 'long', logicalType: 'timestamp-nanos' },
  { type: 'long', 'headrace.long': 'bigint' },
  { type: 'string', logicalType: 'uuid' },
  { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
];

interface Making {
  readonly random: Random;
  readonly logicals: boolean;
  names: number;
  /** Records around the place, which may contain themselves. */
  readonly open: string[];
  left: number;
}

/** Makes the schema of a record of chance: every kind, nullables, unions, records that contain themselves. */
export function randomSchema(random: Random, logicals: boolean): Json {
  return record({ random, logicals, names: 0, open: [], left: 4 + random.below(30) }, 0);
}

function record(making: Making, depth: number): Json {
  const name = `R${making.names++}`;
  making.open.push(name);
  const fields = [];
  const count = depth === 0 ? 1 + making.random.below(9) : making.random.below(4);
  for (let index = 0; index < count; index++) fields.push({ name: `f${index}`, type: type(making, depth + 1) });
  making.open.pop();
  return { type: 'record', name, fields };
}

function type(making: Making, depth: number): Json {
  const { random } = making;
  const isDeep = depth > 4 || --making.left < 0;
  switch (isDeep ? random.below(4) : random.below(16)) {
    case 0:
    case 1:
    case 4:
      return random.pick(PRIMITIVES);
    case 2:
    case 5:
      return making.logicals ? random.pick(LOGICALS) : random.pick(PRIMITIVES);
    case 3:
      return { type: 'enum', name: `E${making.names++}`, symbols: ['A', 'B', 'C', 'D'].slice(0, 1 + random.below(4)) };
    case 6:
      return fixed(making);
    case 7:
      return { type: 'array', items: type(making, depth + 1) };
    case 8:
      return { type: 'map', values: type(making, depth + 1) };
    case 9:
    case 10:
      return record(making, depth);
    case 11:
      return random.pick([
        { type: 'array', items: random.pick(making.open) },
        ['null', random.pick(making.open)],
        { type: 'map', values: random.pick(making.open) },
      ]);
    case 12:
      return union(making, depth);
    default:
      return nullable(making, depth);
  }
}

function fixed({ random, logicals, names }: Making): Json {
  const name = `F${names}x${random.below(1e6)}`;
  if (!logicals || random.oneIn(2)) return { type: 'fixed', name, size: random.below(5) };
  return random.pick([
    { type: 'fixed', name, size: 5, logicalType: 'decimal', precision: 8, scale: 3 },
    { type: 'fixed', name, size: 12, logicalType: 'duration' },
    { type: 'fixed', name, size: 16, logicalType: 'uuid' },
  ]);
}

function nullable(making: Making, depth: number): Json {
  const inner = type(making, depth + 1);
  if (inner === 'null' || Array.isArray(inner)) return inner;
  return making.random.oneIn(4) ? [inner, 'null'] : ['null', inner];
}

function union(making: Making, depth: number): Json {
  const branches = new Map<unknown, Json>();
  const count = 1 + making.random.below(4);
  for (let index = 0; index < count; index++) {
    const branch = making.random.oneIn(5) ? 'null' : type(making, depth + 1);
    if (Array.isArray(branch)) continue;
    const key = typeof branch === 'string' ? branch : (branch['name'] ?? branch['type']);
    if (!branches.has(key)) branches.set(key, branch);
  }
  return branches.size === 0 ? 'int' : [...branches.values()];
}
