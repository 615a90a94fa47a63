import { readerCode, writerCode, type Output, type RecordSchema } from '@headrace/avro';
import { code, name, toFunction, type Name } from '@headrace/codegen';
import type { Batch } from './batch.ts';
import type { Records } from './records.ts';

type OverBatch<R> = (batch: Batch) => R;

const names = (): [Name, Name, Name, Name, Name, Name] =>
  ['batch', 'buffer', 'view', 'start', 'end', 'row'].map(name) as [Name, Name, Name, Name, Name, Name];

/** Generates the loop that reads two fields of each record: a text, compared with a constant, and a number. */
export function twoFields(schema: RecordSchema, records: Records, compare: boolean): OverBatch<number> {
  const [batch, buffer, view, start, end, row] = names();
  const sum = name('sum');
  const reader = readerCode(
    schema,
    schema,
    [[records.text], [records.number]],
    { buffer, view, start, end },
    { ranges: false },
  );
  const [text, number] = reader.fields;
  if (text === undefined || number === undefined) throw new Error('no fields');
  const use = compare
    ? code`if (${text.equals(records.textValue)}) ${sum} += ${number.value};`
    : code`${sum} += ${text.value}.length + ${number.value};`;
  return toFunction<OverBatch<number>>({
    params: [batch],
    setup: reader.setup,
    body: code`
      const ${buffer} = ${batch}.buffer, ${view} = ${batch}.view;
      let ${sum} = 0, ${start} = 0, ${end} = 0;
      ${reader.declare}
      for (let ${row} = 0; ${row} < ${batch}.starts.length; ${row}++) {
        ${start} = ${batch}.starts[${row}];
        ${end} = ${batch}.ends[${row}];
        ${reader.scan}
        ${use}
      }
      return ${sum};
    `,
  });
}

/** Generates the loop that keeps some records, changes a field of them and writes them. */
export function filterChangeWrite(
  schema: RecordSchema,
  records: Records,
  output: Output,
  checks: boolean,
): OverBatch<number> {
  const [batch, buffer, view, start, end, row] = names();
  const out = name('output');
  const input = { buffer, view, start, end };
  const reader = readerCode(
    schema,
    schema,
    schema.fields.map((field) => [field.name]),
    input,
  );
  const of = (path: string) => {
    const field = reader.fields.find((each) => each.path[0] === path);
    if (field === undefined) throw new Error('no such field');
    return field;
  };
  const changed = of(records.changed);
  const sources = Object.fromEntries(
    reader.fields.map((field) => [
      field.path[0] as string,
      field === changed ? { value: code`${changed.value} * 1.19` } : { copy: field },
    ]),
  );
  const run = toFunction<(batch: Batch, output: Output) => number>({
    params: [batch, out],
    setup: reader.setup,
    body: code`
      const ${buffer} = ${batch}.buffer, ${view} = ${batch}.view;
      let ${start} = 0, ${end} = 0;
      ${reader.declare}
      ${out}.position = 0;
      for (let ${row} = 0; ${row} < ${batch}.starts.length; ${row}++) {
        ${start} = ${batch}.starts[${row}];
        ${end} = ${batch}.ends[${row}];
        ${reader.scan}
        if (${of('status').equals('PAID')}) {
          ${writerCode(schema, sources, { output: out, input, checks })}
        }
      }
      return ${out}.position;
    `,
  });
  return (given) => run(given, output);
}
