// Compares generated readers and writers, the view and the object codec with avsc: `pnpm bench:avro`.
import { createCodec, Output, parseSchema, viewOf, type RecordSchema } from '@headrace/avro';
import avsc from 'avsc';
import { batchOf, type Batch } from './batch.ts';
import { filterChangeWrite, twoFields } from './generated.ts';
import { RECORDS, type Records } from './records.ts';

const COUNT = 4000;
const PASSES = 20;
const ROUNDS = Number(process.env['ROUNDS'] ?? 15);

interface Contender {
  readonly task: string;
  readonly name: string;
  readonly run: () => number;
}

function contenders(records: Records): Contender[] {
  const schema = parseSchema(records.schema) as RecordSchema;
  const theirs = avsc.Type.forSchema(records.schema as never) as unknown as AvscType;
  const codec = createCodec(schema);
  const items = Array.from({ length: COUNT }, (_, index) => records.make(index));
  const batch = batchOf(items.map((item) => codec.encode(item)));
  const output = new Output();
  const target = Buffer.alloc(batch.buffer.length * 2);
  const view = viewOf(schema, schema)();
  const { changed } = records;
  const overView = (use: (value: Readonly<Record<string, unknown>>) => number): number => {
    let sum = 0;
    for (let row = 0; row < COUNT; row++) {
      view.set(batch.buffer, batch.view, batch.starts[row] as number, batch.ends[row] as number);
      sum += use(view.value);
    }
    return sum;
  };
  const overDecoded = (decode: (row: number) => unknown, use: (value: Record<string, unknown>) => number): number => {
    let sum = 0;
    for (let row = 0; row < COUNT; row++) sum += use(decode(row) as Record<string, unknown>);
    return sum;
  };
  const avscDecode = (row: number): unknown => theirs.decode(batch.buffer, batch.starts[row] as number).value;
  const ourDecode = (row: number): unknown =>
    codec.decode(batch.buffer, batch.starts[row] as number, batch.ends[row] as number);
  const { two, lengths, all } = usesOf(records, schema);
  const generatedTwo = twoFields(schema, records, true);
  const generatedLengths = twoFields(schema, records, false);
  const checked = filterChangeWrite(schema, records, output, true);
  const unchecked = filterChangeWrite(schema, records, output, false);
  checkWritten(theirs, batch, target, changed, () => {
    const written = checked(batch);
    return output.buffer.subarray(0, written);
  });
  return [
    { task: 'two fields, text compared', name: 'avsc decode', run: () => overDecoded(avscDecode, two) },
    { task: 'two fields, text compared', name: 'generated', run: () => generatedTwo(batch) },
    { task: 'two fields, text compared', name: 'view', run: () => overView(two) },
    { task: 'two fields, text made', name: 'avsc decode', run: () => overDecoded(avscDecode, lengths) },
    { task: 'two fields, text made', name: 'generated', run: () => generatedLengths(batch) },
    { task: 'two fields, text made', name: 'view', run: () => overView(lengths) },
    {
      task: 'filter, change, write',
      name: 'avsc decode, mutate, encode',
      run: () => avscWrite(theirs, batch, target, changed),
    },
    { task: 'filter, change, write', name: 'generated', run: () => checked(batch) },
    { task: 'filter, change, write', name: 'generated, copies unchecked', run: () => unchecked(batch) },
    { task: 'everything', name: 'avsc decode', run: () => overDecoded(avscDecode, all) },
    { task: 'everything', name: 'codec', run: () => overDecoded(ourDecode, all) },
    { task: 'everything', name: 'view', run: () => overView(all) },
  ];
}

type Use = (value: Readonly<Record<string, unknown>>) => number;

function usesOf({ text, textValue, number }: Records, schema: RecordSchema): Record<'two' | 'lengths' | 'all', Use> {
  const two = (value: Readonly<Record<string, unknown>>): number =>
    value[text] === textValue ? (value[number] as number) : 0;
  const lengths = (value: Readonly<Record<string, unknown>>): number =>
    (value[text] as string).length + (value[number] as number);
  const keys = schema.fields.map((field) => field.name);
  const all = (value: Readonly<Record<string, unknown>>): number => {
    let sum = 0;
    for (const key of keys) if (value[key] !== null) sum++;
    return sum;
  };
  return { two, lengths, all };
}

interface AvscType {
  decode(buffer: Buffer, at: number): { value: unknown };
  encode(value: unknown, buffer: Buffer, at: number): number;
}

function avscWrite(type: AvscType, batch: Batch, target: Buffer, changed: string): number {
  let position = 0;
  for (const start of batch.starts) {
    const value = type.decode(batch.buffer, start).value as Record<string, number | string>;
    if (value['status'] !== 'PAID') continue;
    value[changed] = (value[changed] as number) * 1.19;
    position = type.encode(value, target, position);
  }
  return position;
}

function checkWritten(type: AvscType, batch: Batch, target: Buffer, changed: string, write: () => Buffer): void {
  const length = avscWrite(type, batch, target, changed);
  if (!write().equals(target.subarray(0, length))) throw new Error('The writers disagree.');
}

function measure({ run }: Contender): number {
  const before = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass++) run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (PASSES * COUNT);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

console.log(
  `Node ${process.versions.node}, ${ROUNDS} rounds in turn, ns of CPU a record: median (least); ratio to avsc of medians`,
);
for (const records of RECORDS) {
  const all = contenders(records);
  const codec = createCodec(parseSchema(records.schema));
  const sizes = Array.from({ length: COUNT }, (_, index) => codec.encode(records.make(index)).length);
  const bytes = Math.round(sizes.reduce((sum, size) => sum + size, 0) / COUNT);
  console.log(`\n| ${records.name}, ${bytes} B | | ns | of avsc |\n|---|---|---|---|`);
  const times = all.map((): number[] => []);
  for (let round = -2; round < ROUNDS; round++) {
    for (const [index, contender] of all.entries()) {
      const time = measure(contender);
      if (round >= 0) times[index]?.push(time);
    }
  }
  let base = 0;
  let expected = 0;
  for (const [index, contender] of all.entries()) {
    const isBase = contender.name.startsWith('avsc');
    const result = contender.run();
    if (isBase) expected = result;
    if (Math.abs(result - expected) > Math.abs(expected) * 1e-12)
      throw new Error(`"${contender.name}" has another result.`);
    const time = median(times[index] ?? []);
    if (isBase) base = time;
    const ratio = (time / base).toFixed(2);
    console.log(
      `| ${contender.task} | ${contender.name} | ${time.toFixed(0)} (${Math.min(...(times[index] ?? [])).toFixed(0)}) | ${ratio} |`,
    );
  }
}
