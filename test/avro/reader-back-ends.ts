import {
  createResolvingCodec,
  nonNullBranch,
  readerCode,
  type Field,
  type ReaderCode,
  type RecordSchema,
  type Schema,
} from '@headrace/avro';
import { code, join, name, toFunction, type Code, type Name } from '@headrace/codegen';

/** Returns all paths that code can read of a reader's schema, the whole datum first; records of records to a depth. */
export function pathsOf(schema: Schema, depth = 0): string[][] {
  const record = nonNullBranch(schema) ?? schema;
  if (record.kind !== 'record' || depth > 2) return [[]];
  return [[], ...record.fields.flatMap((field) => pathsOf(field.type, depth + 1).map((path) => [field.name, ...path]))];
}

/** Is the function that the code of a reader is tried in. */
export interface TriedReader {
  readonly reader: ReaderCode;
  /** Walks the datum; returns the functions of its fields, or throws. */
  scan(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): {
    value(): unknown;
    isNull(): unknown;
    check(): unknown;
    equals(): unknown;
    range: [number, number] | null;
  }[];
}

/** Makes a function of the code of some paths; `text` is what fields are compared with. */
export function tryReader(writer: Schema, schema: Schema, paths: readonly string[][], text: string): TriedReader {
  const [buffer, view, start, end] = ['buffer', 'view', 'start', 'end'].map(name) as [Name, Name, Name, Name];
  const reader = readerCode(writer, schema, paths, { buffer, view, start, end });
  const fields = reader.fields.map((field): Code => {
    const range =
      field.range === null
        ? code`null`
        : code`${field.range.whole ?? true} ? [${field.range.start}, ${field.range.end}] : null`;
    return code`{ value: () => ${field.value}, isNull: () => ${field.isNull}, check: () => ${field.check}, equals: () => ${field.equals(text)}, range: ${range} }`;
  });
  const run = toFunction<(buffer: Buffer, view: DataView, start: number, end: number) => never[]>({
    params: [buffer, view, start, end],
    setup: reader.setup,
    body: code`
      ${reader.declare}
      ${reader.scan}
      return [${join(fields, ', ')}];
    `,
  });
  return {
    reader,
    scan: (bytes, from, to) => {
      const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      return run(given, new DataView(given.buffer, given.byteOffset, given.length), from, to);
    },
  };
}

/** Returns the decoder of one path by the object codec alone: of the reader's schema only that path is left. */
export function pathDecoder(writer: Schema, reader: Schema, path: readonly string[]): (bytes: Uint8Array) => unknown {
  const decoder = createResolvingCodec(writer, only(reader, path));
  return (bytes) => drill(decoder.decode(bytes, 0, bytes.length), path);
}

/** Returns what lies at a path of a value, null where null lies on the way. */
export function drill(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (inner === null ? null : (inner as Record<string, unknown>)[step]),
    value,
  );
}

/** Returns the function that walks a datum by the object codec and reads nothing of it. */
export function walker(writer: Schema): (bytes: Uint8Array) => void {
  const fields: Field[] = [{ name: 'inside', type: writer, aliases: [] }];
  const outer: RecordSchema = { kind: 'record', name: 'Around', fields };
  const decoder = createResolvingCodec(outer, { ...outer, fields: [] });
  return (bytes) => void decoder.decode(bytes, 0, bytes.length);
}

function only(schema: Schema, path: readonly string[]): Schema {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  if (schema.kind === 'union') {
    return {
      kind: 'union',
      branches: schema.branches.map((branch) => (branch.kind === 'null' ? branch : only(branch, path))),
    };
  }
  const record = schema as RecordSchema;
  const field = record.fields.find(({ name: own }) => own === step) as Field;
  const copy = { ...field, type: only(field.type, rest) };
  // The default of a record that is left in part still has to fit.
  return { ...record, fields: [copy] };
}
