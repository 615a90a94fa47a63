import { readerCode, writerCode, type Output, type RecordSchema, type Schema, type WriterSource } from '@headrace/avro';
import { code, constant, name, toFunction, type Name } from '@headrace/codegen';

/** Says where a field of the target comes from: of the same field of the input, of a value, or of nowhere. */
export type Plan =
  { from: 'input' } | { from: 'value'; value: unknown } | { from: 'fields'; fields: Record<string, Plan> };

/** Returns the value that a plan makes of nothing but values. */
export function valueOf(plan: Plan): unknown {
  if (plan.from === 'value') return plan.value;
  if (plan.from === 'input') throw new Error('not a value');
  return Object.fromEntries(Object.entries(plan.fields).map(([field, inner]) => [field, valueOf(inner)]));
}

/** Makes a function of the code of a writer: it appends what the plan says to an output. */
export function tryWriter(
  writer: Schema,
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
