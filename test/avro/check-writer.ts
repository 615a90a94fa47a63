import { deepStrictEqual, strictEqual } from 'node:assert';
import {
  createCodec,
  createResolvingCodec,
  nonNullBranch,
  Output,
  parseSchema,
  readerCode,
  writerCode,
  type Field,
  type RecordSchema,
  type WriterSource,
} from '@headrace/avro';
import { code, constant, name, toFunction, type Name } from '@headrace/codegen';
import { evolveSchema } from './evolve-schema.ts';
import { mutate } from './mutate.ts';
import { pathDecoder, walker } from './reader-back-ends.ts';
import { outcomeOf } from './outcome.ts';
import { randomSchema } from './random-schema.ts';
import { randomValue } from './random-value.ts';
import { Random } from './random.ts';

/** Says where a field of the target comes from: of the same field of the input, of a value, or of nowhere. */
type Plan = { from: 'input' } | { from: 'value'; value: unknown } | { from: 'fields'; fields: Record<string, Plan> };

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
  const run = generate(writer, reader, target, plan);
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

function valueOf(plan: Plan): unknown {
  if (plan.from === 'value') return plan.value;
  if (plan.from === 'input') throw new Error('not a value');
  return Object.fromEntries(Object.entries(plan.fields).map(([field, inner]) => [field, valueOf(inner)]));
}

function generate(
  writer: RecordSchema | ReturnType<typeof parseSchema>,
  reader: RecordSchema,
  target: RecordSchema,
  plan: Record<string, Plan>,
): (bytes: Uint8Array, output: Output) => void {
  const [buffer, view, start, end, output] = ['buffer', 'view', 'start', 'end', 'output'].map(name) as [
    Name,
    Name,
    Name,
    Name,
    Name,
  ];
  const input = { buffer, view, start, end };
  const copied = Object.keys(plan).filter((field) => plan[field]?.from === 'input');
  const made = readerCode(
    writer,
    reader,
    copied.map((field) => [field]),
    input,
  );
  const sourceOf = (field: string, inner: Plan): WriterSource => {
    if (inner.from === 'input') return { copy: made.fields[copied.indexOf(field)] as never };
    if (inner.from === 'value') return { value: code`${constant(inner.value, 'given')}` };
    return {
      fields: Object.fromEntries(Object.entries(inner.fields).map(([name_, each]) => [name_, sourceOf(name_, each)])),
    };
  };
  const sources = Object.fromEntries(Object.entries(plan).map(([field, inner]) => [field, sourceOf(field, inner)]));
  const run = toFunction<(buffer: Buffer, view: DataView, start: number, end: number, output: Output) => void>({
    params: [buffer, view, start, end, output],
    setup: made.setup,
    body: code`
      ${made.declare}
      ${made.scan}
      ${writerCode(target, sources, { output, input })}
    `,
  });
  return (bytes, to) => {
    const around = Buffer.alloc(bytes.length + 40, 2);
    around.set(bytes, 7);
    run(around, new DataView(around.buffer, around.byteOffset, around.length), 7, 7 + bytes.length, to);
  };
}
