import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { sourceSpec, type SourceExtras } from '../component/author/source-and-sink.ts';
import type { CodecValue, WrittenCodec } from '../component/author/codec-spec.ts';
import type { SourceSpec } from '../component/author/stream.ts';
import type { Written, WrittenExpression } from '../component/author/written.ts';
import { avroFormNumber } from '../codecs/avro.ts';
import { csvDialect, csvFormNumber } from '../codecs/csv.ts';
import { fitsFiles } from '../codecs/line-codecs.ts';
import type { InferContext, SourceContext } from '../component/contexts.ts';
import { defineSource } from '../component/define.ts';
import type { Encoding } from '../component/encoding.ts';
import { hasKnownType } from '../component/has-known-type.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { unpackedName } from '../files/compression.ts';
import { keyTypeOf } from '../component/key-type.ts';
import { codecOption, expressionOrFunctionOption } from '../component/option-schemas.ts';
import { parseSize, sizeOption } from '../component/size.ts';
import type { Source } from '../component/source.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { ContainerCursor, type ContainerOptions } from './file/container-cursor.ts';
import { CsvScanner } from './file/csv-scanner.ts';
import type { FileForm } from './file/file-cursor.ts';
import { streamEdge } from '../types/stream-edge.ts';
import { FileReader } from './file/file-reader.ts';
import { LineScanner } from './file/line-scanner.ts';
import { TextCursor, type TextOptions } from './file/text-cursor.ts';
import { listFiles, type SourceFile } from './file/list-files.ts';

const options = Type.Object(
  {
    path: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description: 'A file, a pattern with "*", "?" or "**", or a list of them; read in the order of their names.',
    }),
    value: Type.Optional(
      codecOption(
        'The codec of values: json, csv, avro (container files), string or bytes; by the extension unless written.',
      ),
    ),
    keyBy: Type.Optional(expressionOrFunctionOption('The key of a record; none unless written.')),
    timestamp: Type.Optional(
      expressionOrFunctionOption('The time of a record; the time of the last change of its file unless written.'),
    ),
    parallel: Type.Optional(
      Type.Boolean({ description: 'Whether each file is a split of its own, which gives up the order between files.' }),
    ),
    maxLine: Type.Optional(sizeOption('The longest record that is read; "16MiB" unless written.')),
    header: Type.Optional(
      Type.Boolean({ description: 'Whether the first line of each file of CSV names its cells; true unless written.' }),
    ),
  },
  { additionalProperties: false },
);

type FileOptions = Static<typeof options>;

/** The split of all files where they are read one after the other. */
const allFiles = 'files';

/** Reads the lines of files, each once and to its end. */
export const fileSource = defineSource({
  type: 'file',
  summary:
    'Reads records of files: NDJSON, CSV, containers of Avro or lines of text, also compressed (.gz, .zst, .sz, .snappy).',
  options,
  examples: [
    {
      summary: 'All files of NDJSON in a folder, one after the other',
      options: { path: './in/*.ndjson', keyBy: 'id' },
    },
    {
      summary: 'Compressed logs, each file by itself',
      options: { path: ['./a.log.gz', './b.log.gz'], parallel: true },
    },
    {
      summary: 'Container files of Avro, read as records of a schema that theirs resolve to',
      options: { path: './in/*.avro', value: { codec: 'avro', schema: './order.avsc' } },
    },
    {
      summary: 'JSON of a schema under a name that does not say so',
      options: { path: './dump.dat', value: { codec: 'json', schema: './order.avsc' }, timestamp: 'placedAt' },
    },
  ],

  infer(written, context) {
    if (reportNotBuilt(written, context)) return null;
    const value = context.reads(['value'], written.value ?? codecByName(written));
    if (value === null || !fitsFiles(value, context)) return null;
    if (written.header !== undefined && value.codec !== 'csv') {
      const message = '"header" has a meaning for CSV only.';
      context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['header'], on: 'key', message });
    }
    const read: EdgeType = { ...streamEdge(value.schema), ordered: written.parallel !== true };
    const { timestamp, keyBy } = written;
    if (
      timestamp !== undefined &&
      context.expression(['timestamp'], timestamp, read, { expected: 'timestamp' }) === null
    )
      return null;
    if (keyBy === undefined) return { output: read, key: null, value };
    const by = context.expression(['keyBy'], keyBy, read);
    if (by === null || !hasKnownType(by, ['keyBy'], context)) return null;
    return { output: { ...read, key: keyTypeOf(by, read) }, key: null, value };
  },

  traits: () => ({ scope: 'host', replay: 'position', bounded: true }),

  files: pathsOf,

  lower({ timestamp, keyBy }, context) {
    const read: EdgeType = { ...(context.outputs['out'] as EdgeType), key: null };
    const ops: StageOp[] = [];
    if (timestamp !== undefined) {
      ops.push({ op: 'timestamp', at: context.expression(['timestamp'], timestamp, read, { expected: 'timestamp' }) });
    }
    if (keyBy !== undefined) ops.push({ op: 'key', by: context.expression(['keyBy'], keyBy, read), null: null });
    return ops;
  },

  create(written, context): Source {
    const { node } = context;
    const form = context.value.codec === 'avro' ? containerForm(written, context) : textForm(written, context);
    // One list for the whole run: a split is the same after a rewind.
    let listed: Promise<readonly SourceFile[]> | null = null;
    const files = (): Promise<readonly SourceFile[]> =>
      (listed ??= listFiles(node, pathsOf(written), (file) => context.resolvePath(file)));
    return {
      async *splits() {
        const found = await files();
        if (written.parallel === true) for (const file of found) yield file.name;
        else yield allFiles;
      },
      open(split, at) {
        const own = async (): Promise<readonly SourceFile[]> =>
          written.parallel === true ? (await files()).filter(({ name }) => name === split) : files();
        return new FileReader(own, at, form);
      },
    };
  },
});

const extensions = /\.(?:(ndjson|jsonl)|(csv|avro)|(txt|log))$/;
const notBuilt = /\.(?:tsv|parquet)$|\.(?:br|bz2|xz|zip|lz4)$/;

function pathsOf({ path }: FileOptions): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

/** The codec that all names ask for; undefined where they do not agree or say nothing. */
function codecByName(written: FileOptions): string | undefined {
  const codecs = new Set(
    pathsOf(written).map((path) => {
      const match = extensions.exec(unpackedName(path));
      if (match === null) return undefined;
      return match[1] !== undefined ? 'json' : (match[2] ?? 'string');
    }),
  );
  return codecs.size === 1 ? [...codecs][0] : undefined;
}

function reportNotBuilt(written: FileOptions, context: InferContext): boolean {
  const paths = pathsOf(written);
  let found = false;
  const report = (at: readonly (string | number)[], message: string): void => {
    context.report({ code: 'NOT_BUILT_YET', severity: 'error', at, message });
    found = true;
  };
  for (const [index, path] of paths.entries()) {
    const extension = notBuilt.exec(unpackedName(path))?.[0];
    if (extension === undefined) continue;
    report(
      typeof written.path === 'string' ? ['path'] : ['path', index],
      `Reading files with the extension "${extension}" is not built yet.`,
    );
  }
  return found;
}

function textForm(written: FileOptions, { node, value }: SourceContext): FileForm {
  const { codec } = value;
  const options: TextOptions = {
    node,
    scanner: () => (codec === 'csv' ? new CsvScanner(csvDialect(value)) : new LineScanner(codec === 'json')),
    maxLine: longest(written),
    header: codec === 'csv' && written.header !== false ? headerReader(value, node) : null,
  };
  return {
    node,
    begin: (file, offset) => TextCursor.begin(file, offset, options),
    resume: (file, at) => TextCursor.resume(file, at, options),
  };
}

function containerForm(written: FileOptions, { node, value }: SourceContext): FileForm {
  const options: ContainerOptions = {
    node,
    maxRecord: longest(written),
    form: (schema) => avroFormNumber(value, schema),
  };
  return {
    node,
    begin: (file, offset) => ContainerCursor.begin(file, offset, options),
    resume: (file, at) => ContainerCursor.resume(file, at, options),
  };
}

function longest({ maxLine }: FileOptions): number {
  return parseSize(maxLine ?? '16MiB') ?? Number.POSITIVE_INFINITY;
}

function headerReader(value: Encoding, node: string): (line: string, file: SourceFile) => number {
  return (line, file) => {
    try {
      return csvFormNumber(value, line);
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error;
      const message = `The file "${file.name}" of source "${node}": ${error.message}`;
      throw new HeadraceError(error.code, message, { place: { node, file: file.path }, cause: error });
    }
  };
}

/** What the source `file` takes in a TypeScript topology. */
export type WrittenFileSource<C extends WrittenCodec> = Written<Omit<FileOptions, 'value' | 'keyBy' | 'timestamp'>> &
  SourceExtras & {
    readonly value?: C;
    readonly keyBy?: WrittenExpression<CodecValue<C>>;
    readonly timestamp?: WrittenExpression<CodecValue<C>>;
  };

/** Reads files in a TypeScript topology; the type of its values is that of its codec. */
export function file<const C extends WrittenCodec>(options: WrittenFileSource<C>): SourceSpec<CodecValue<C>> {
  return sourceSpec('file', options);
}
