import { Output, readerCode, writerCode, type FieldCode, type RecordSchema, type WriterSource } from '@headrace/avro';
import { emitter, readsOf, type Checked } from '@headrace/cel';
import { code, name, toFunction } from '@headrace/codegen';

/** What is asked of each datum: whether it is kept, and which fields of the written one are computed. */
export interface Work {
  readonly writer: RecordSchema;
  readonly reader: RecordSchema;
  readonly target: RecordSchema;
  readonly where: Checked;
  readonly set: Readonly<Record<string, Checked>>;
}

/** Puts the code of `avro` and `cel` into one function: the datum's bytes in; the target's bytes, or null, out. */
export function composed(work: Work): (bytes: Buffer) => Uint8Array | null {
  const [buffer, view, start, end, output] = ['buffer', 'view', 'start', 'end', 'output'].map(name);
  if (!buffer || !view || !start || !end || !output) throw new Error('no names');
  const input = { buffer, view, start, end };
  const expressions = [work.where, ...Object.values(work.set)];
  const copied = work.target.fields.filter((field) => !Object.hasOwn(work.set, field.name));
  const { read, tested } = readsOf(expressions);
  const paths = distinct([...read, ...tested, ...copied.map((field) => [field.name])]);
  const reader = readerCode(work.writer, work.reader, paths, input);
  const at = (path: readonly string[]): FieldCode => {
    const found = reader.fields.find((field) => field.path.join('.') === path.join('.'));
    if (found === undefined) throw new Error(`no code for "${path.join('.')}"`);
    return found;
  };
  const group = emitter(
    expressions.map((checked) => ({ checked })),
    { typed: true, read: (path) => at(path).value, isNull: (path) => at(path).isNull },
  );
  const where = group.emit({ checked: work.where });
  const kept = group.branch(() => {
    const set = Object.entries(work.set).map(([field, checked]) => ({ field, emitted: group.emit({ checked }) }));
    const sources: Record<string, WriterSource> = {};
    for (const field of copied) sources[field.name] = { copy: at([field.name]) };
    for (const { field, emitted } of set) sources[field] = { value: code`${emitted.value}` };
    const before = set.map(({ emitted }) => emitted.statements);
    return [...before, writerCode(work.target, sources, { output, input })];
  });
  const run = toFunction<(buffer: Buffer, view: DataView, start: number, end: number, output: Output) => boolean>({
    name: 'filterChangeWrite',
    params: [buffer, view, start, end, output],
    setup: reader.setup,
    body: code`
      ${reader.declare}
      ${group.declarations()}
      ${reader.scan}
      ${where.statements}
      if (!(${where.value})) return false;
      ${kept.reduce(
        (front, next) => code`
        ${front}
        ${next}
      `,
      )}
      return true;
    `,
  });
  const written = new Output();
  return (bytes) => {
    written.position = 0;
    const datum = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return run(bytes, datum, 0, bytes.length, written) ? written.buffer.subarray(0, written.position) : null;
  };
}

// A path that another one begins with stands for itself: both are asked for.
function distinct(paths: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
}
