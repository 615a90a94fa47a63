import { deepStrictEqual, strictEqual } from 'node:assert';
import {
  AvroError,
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
import { outcomeOf, type Outcome } from './outcome.ts';
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
  const strange = Object.values(plan).reduce((sum, made) => sum + countStrange(made), 0);
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
    check(run, target, bytes, expect, strange);
    for (let left = mutations; left > 0; left--) check(run, target, mutate(random, bytes), expect, strange);
  }
}

function check(
  run: (bytes: Uint8Array, output: Output) => void,
  target: RecordSchema,
  bytes: Uint8Array,
  expect: (bytes: Uint8Array) => unknown,
  strange: number,
): void {
  const output = new Output(8);
  output.grow(3);
  output.position = 3;
  const written = refusalOr(() => {
    run(bytes, output);
    return createCodec(target).decode(output.buffer, 3, output.position);
  });
  const expected = refusalOr(() => expect(bytes));
  // Of several values that do not fit, generated code may name another one than closures do.
  if (strange > 1 && 'message' in written && 'message' in expected) return strictEqual(output.position, 3);
  deepStrictEqual(written, expected);
  if ('code' in written) strictEqual(output.position, 3);
}

/** Runs something; of a value that is not encodable the whole error counts, with its path. */
function refusalOr(run: () => unknown): Outcome & { message?: string } {
  let message: string | null = null;
  const outcome = outcomeOf(() => {
    try {
      return run();
    } catch (error) {
      if (error instanceof AvroError && error.code === 'NOT_ENCODABLE') ({ message } = error);
      throw error;
    }
  });
  return message === null ? outcome : { ...outcome, message };
}

function countStrange(plan: Plan): number {
  if (plan.from === 'fields') return Object.values(plan.fields).reduce((sum, made) => sum + countStrange(made), 0);
  return plan.from === 'value' && STRANGE.includes(plan.value as never) ? 1 : 0;
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
