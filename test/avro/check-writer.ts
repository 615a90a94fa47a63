import { deepStrictEqual, strictEqual } from 'node:assert';
import {
  createCodec,
  createResolvingCodec,
  nonNullBranch,
  Output,
  parseSchema,
  type Field,
  type RecordSchema,
} from '@headrace/avro';
import { evolveSchema } from './evolve-schema.ts';
import { mutate } from './mutate.ts';
import { pathDecoder, walker } from './reader-back-ends.ts';
import { outcomeOf } from './outcome.ts';
import { randomSchema } from './random-schema.ts';
import { randomValue } from './random-value.ts';
import { Random } from './random.ts';
import { tryWriter, valueOf, type Plan } from './try-writer.ts';

const STRANGE = [
  undefined,
  null,
  12,
  -0,
  1.5,
  2 ** 53,
  'x',
  '\ud800',
  true,
  [],
  {},
  new Uint8Array(2),
  1e39,
  NaN,
  Symbol('s'),
];

/** Checks a generated writer of chance against decoding, changing and encoding by the object codec. */
export function checkWriter(seed: number, mutations: number): void {
  const random = new Random(seed);
  const json = randomSchema(random, random.oneIn(2));
  const writer = parseSchema(json);
  const readerJson = random.oneIn(3) ? json : evolveSchema(random, json);
  const reader = parseSchema(readerJson) as RecordSchema;
  const target = parseSchema(random.oneIn(2) ? readerJson : evolveSchema(random, readerJson)) as RecordSchema;
  if ('code' in outcomeOf(() => createResolvingCodec(writer, reader))) return;
  const plan = plans(random, target, reader);
  const read = Object.entries(plan).filter(([, { from }]) => from === 'input');
  const decoders = new Map(read.map(([field]) => [field, pathDecoder(writer, reader, [field])]));
  const walk = walker(writer);
  const run = tryWriter(writer, reader, target, plan);
  const expect = (bytes: Uint8Array): unknown => {
    walk(bytes);
    const values: Record<string, unknown> = {};
    for (const { name: field } of target.fields) {
      const made = plan[field];
      if (made === undefined) continue;
      values[field] = made.from === 'input' ? decoders.get(field)?.(bytes) : valueOf(made);
    }
    const encoded = createCodec(target).encode(values);
    return createCodec(target).decode(encoded, 0, encoded.length);
  };
  for (let round = 0; round < 3; round++) {
    const bytes = createCodec(writer).encode(randomValue(random, writer));
    check(run, target, bytes, expect);
    for (let left = mutations; left > 0; left--) check(run, target, mutate(random, bytes), expect);
  }
}

function check(
  run: (bytes: Uint8Array, output: Output) => void,
  target: RecordSchema,
  bytes: Uint8Array,
  expect: (bytes: Uint8Array) => unknown,
): void {
  const output = new Output(8);
  output.grow(3);
  output.position = 3;
  const written = outcomeOf(() => {
    run(bytes, output);
    return createCodec(target).decode(output.buffer, 3, output.position);
  });
  deepStrictEqual(
    written,
    outcomeOf(() => expect(bytes)),
  );
  if ('code' in written) strictEqual(output.position, 3);
}

function plans(random: Random, target: RecordSchema, reader: RecordSchema): Record<string, Plan> {
  const made: Record<string, Plan> = {};
  for (const field of target.fields) {
    const source = reader.fields.find(({ name: own }) => own === field.name);
    if (field.default !== undefined && random.oneIn(3)) continue;
    if (source !== undefined && !random.oneIn(5)) made[field.name] = { from: 'input' };
    else made[field.name] = planOfValue(random, field, 0);
  }
  return made;
}

function planOfValue(random: Random, field: Field, depth: number): Plan {
  const record = nonNullBranch(field.type) ?? field.type;
  if (record.kind === 'record' && depth < 3 && random.oneIn(2)) {
    return {
      from: 'fields',
      fields: Object.fromEntries(record.fields.map((inner) => [inner.name, planOfValue(random, inner, depth + 1)])),
    };
  }
  return { from: 'value', value: random.oneIn(12) ? random.pick(STRANGE) : randomValue(random, field.type) };
}
