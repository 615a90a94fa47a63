import type { Json } from './random-schema.ts';
import type { Random } from './random.ts';

const PROMOTIONS: Record<string, string[]> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** Makes a reader's schema of a writer's: fields moved, left out, renamed, added; types promoted; symbols changed. */
export function evolveSchema(random: Random, json: Json): Json {
  if (Array.isArray(json)) return evolveUnion(random, json);
  if (typeof json === 'string') {
    const promoted = PROMOTIONS[json];
    if (promoted !== undefined && random.oneIn(4)) return random.pick(promoted);
    return random.oneIn(12) && json !== 'null' && promoted !== undefined ? ['null', json] : json;
  }
  switch (json['type']) {
    case 'array':
      return { ...json, items: evolveSchema(random, json['items'] as Json) };
    case 'map':
      return { ...json, values: evolveSchema(random, json['values'] as Json) };
    case 'enum':
      return evolveEnum(random, json);
    case 'record':
      return evolveRecord(random, json);
    default:
      return json;
  }
}

function evolveUnion(random: Random, branches: readonly Json[]): Json {
  if (random.oneIn(6)) return [...branches].toReversed();
  if (random.oneIn(10)) return evolveSchema(random, random.pick(branches));
  return branches.map((branch) => {
    const evolved = typeof branch === 'string' ? branch : evolveSchema(random, branch);
    return Array.isArray(evolved) ? branch : evolved;
  });
}

function evolveEnum(random: Random, json: { [key: string]: unknown }): Json {
  const symbols = json['symbols'] as string[];
  if (random.oneIn(3)) return { ...json, symbols: [...symbols, `Z${random.below(1e9)}`] };
  if (random.oneIn(3)) return { ...json, symbols: symbols.slice(0, 1), default: symbols[0] };
  return random.oneIn(6) ? { ...json, symbols: symbols.slice(0, 1) } : json;
}

const ADDED: { type: Json; default: unknown }[] = [
  { type: 'int', default: 7 },
  { type: 'string', default: 'dflt' },
  { type: ['null', 'string'], default: null },
  { type: { type: 'array', items: 'int' }, default: [1, 2] },
  { type: { type: 'map', values: 'string' }, default: { k: 'v' } },
];

function evolveRecord(random: Random, json: { [key: string]: unknown }): Json {
  let fields = (json['fields'] as { name: string; type: Json }[]).map((field) => {
    // A default has to fit its type.
    const evolved = 'default' in field ? field : { ...field, type: evolveSchema(random, field.type) };
    return random.oneIn(8)
      ? { ...evolved, name: `renamed${random.below(1e9)}_${field.name}`, aliases: [field.name] }
      : evolved;
  });
  fields = fields.filter(() => !random.oneIn(6));
  if (random.oneIn(3)) fields = fields.toReversed();
  if (random.oneIn(3)) {
    const name = `added${random.below(1e6)}`;
    const inner = { type: 'record', name: `N${name}`, fields: [{ name: 'inner', type: 'string', default: 'deep' }] };
    const added = random.oneIn(4) ? { type: inner, default: {} } : random.pick(ADDED);
    fields.splice(random.below(fields.length + 1), 0, { name, ...added } as never);
  }
  return { ...json, fields };
}
