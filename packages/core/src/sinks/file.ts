import path from 'node:path';
import type { BlockCodecName, Schema } from '@headrace/avro';
import { formatType, type CelType } from '@headrace/cel';
import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { sinkSpec, type SinkExtras } from '../component/author/source-and-sink.ts';
import type { WrittenCodec } from '../component/author/codec-spec.ts';
import type { SinkSpec } from '../component/author/stream.ts';
import type { Written, WrittenExpression } from '../component/author/written.ts';
import { csvHeader } from '../codecs/csv.ts';
import { fitsFiles } from '../codecs/line-codecs.ts';
import type { InferContext, LowerContext, SinkContext } from '../component/contexts.ts';
import { defineSink } from '../component/define.ts';
import type { Encoding } from '../component/encoding.ts';
import { durationOption, parseDuration } from '../component/duration.ts';
import { codecOption, expressionOrFunctionOption } from '../component/option-schemas.ts';
import { parseSize, sizeOption } from '../component/size.ts';
import type { StageOp } from '../component/stage-op.ts';
import { compressionOf, unpackedName } from '../files/compression.ts';
import { packerOf } from '../files/pack.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { containerFormat } from './file/container-format.ts';
import type { FileFormat } from './file/file-encoder.ts';
import { FileSink } from './file/file-sink.ts';
import { layoutOf, partName } from './file/layout.ts';
import { lineFormat } from './file/line-format.ts';
import { packedFormat } from './file/packed-format.ts';
import { folderHeader } from './file/partition-folder.ts';
import type { RollLimits } from './file/task-files.ts';
import { oneLine, someValue } from './lines.ts';

const options = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description:
        'The file, where the run is bounded and one task writes; otherwise the stem of the names of files: a task and the offset of the first record follow. Ending with "/", or beside "roll" or "partitionBy", it is a folder.',
    }),
    value: Type.Optional(
      codecOption(
        'The codec of values: json, csv, avro (container files), string or bytes; by the extension unless written.',
      ),
    ),
    header: Type.Optional(
      Type.Boolean({ description: 'Whether the first line of each file of CSV names its cells; true unless written.' }),
    ),
    compression: Type.Optional(
      Type.Enum(['none', 'deflate', 'snappy', 'zstandard'], {
        description: 'How the blocks of container files of Avro are compressed; "deflate" unless written.',
      }),
    ),
    roll: Type.Optional(
      Type.Object(
        {
          every: Type.Optional(durationOption('The longest time that a file stays open; "1m" in an unbounded run.')),
          size: Type.Optional(sizeOption('The size at which a file is complete; "128MiB" in an unbounded run.')),
          records: Type.Optional(
            Type.Integer({ minimum: 1, description: 'The number of records at which a file is complete.' }),
          ),
        },
        { additionalProperties: false, description: 'When a file is complete. It is looked at between epochs only.' },
      ),
    ),
    existing: Type.Optional(
      Type.Enum(['append', 'replace'], {
        description:
          'What becomes of files that this topology did not write: "append" adds files beside them, "replace" removes them in a run that begins from nothing. Unless written they are an error.',
      }),
    ),
    partitionBy: Type.Optional(
      Type.Array(
        Type.Record(
          Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
          expressionOrFunctionOption('What gives the value of the folder.'),
          { minProperties: 1, maxProperties: 1, additionalProperties: false },
        ),
        {
          minItems: 1,
          maxItems: 8,
          description:
            'Folders below the path, the outer one first, each named by the value of an expression: { "dt": "…" } gives "dt=2026-01-31". Values are percent-encoded, null is "__HIVE_DEFAULT_PARTITION__".',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

type FileOptions = Static<typeof options>;

/** Writes records to files that appear under their name only when they are complete. */
export const fileSinkDefinition = defineSink({
  type: 'file',
  summary:
    'Writes records to files, which appear when they are complete; compressed where the name says so (.gz, .zst, .sz).',
  options,
  examples: [
    { summary: 'A new file of NDJSON every minute', options: { path: './out/orders.ndjson' } },
    { summary: 'The same, compressed', options: { path: './out/orders.ndjson.gz' } },
    { summary: 'CSV with semicolons', options: { path: './out/orders.csv', value: { codec: 'csv', delimiter: ';' } } },
    {
      summary: 'A container file of Avro every ten minutes, its records in a schema of their own',
      options: {
        path: './out/orders',
        value: { codec: 'avro', schema: './order.avsc' },
        roll: { every: '10m' },
        compression: 'snappy',
      },
    },
    {
      summary: 'A folder of text files, a new one every hour',
      options: { path: './out/lines', value: 'string', roll: { every: '1h' } },
    },
    {
      summary: 'Folders by day and country, as Hive, Spark and DuckDB read them',
      options: {
        path: './out/orders',
        value: 'json',
        partitionBy: [{ dt: "format(record.timestamp, 'yyyy-MM-dd')" }, { country: 'country' }],
      },
    },
  ],
  infer(written, input, context) {
    if (reportNotBuilt(written, context)) return null;
    const plain = unpackedName(written.path);
    const extension = path.extname(plain);
    const stem = path.basename(plain, extension);
    const codec = codecByExtension[extension] ?? null;
    checkPartitions(written, input, context);
    const value = context.writes(['value'], written.value, input.value, { codec, schemaName: stem });
    if (value === null || !fitsFiles(value, context)) return null;
    warnOfTombstones(input, context);
    reportConflicts(written, value, context);
    return { key: null, value };
  },
  traits: () => ({
    acknowledges: 'later',
    epochs: 'inOrder',
    concurrency: 16,
    transactional: false,
    idempotent: false,
  }),
  files(written) {
    const { path: file, value = 'json', partitionBy = [], roll } = written;
    const codec = typeof value === 'string' ? value : String(value['codec']);
    const isFolder = roll !== undefined || partitionBy.length > 0;
    const layout = layoutOf({
      path: file,
      resolved: path.normalize(file),
      node: 'x',
      codec,
      isFolder,
      mayBeSingle: true,
    });
    const folders = partitionsOf(partitionBy).map(({ name }) => `${name}=x`);
    const part = path.join(layout.folder, ...folders, partName(layout, 0, 'x', 0));
    return { path: file, written: layout.single === null ? [part] : [layout.single, part] };
  },
  lower({ partitionBy = [] }, context) {
    const edge = context.inputs[0] as EdgeType;
    const set = partitionsOf(partitionBy).map(
      ({ name, text, at }): [string, ReturnType<LowerContext['expression']>] => [
        folderHeader(name),
        context.expression(at, text, edge),
      ],
    );
    return set.length === 0 ? [] : [{ op: 'headers', set } satisfies StageOp];
  },
  create(written, context) {
    const { path: file, partitionBy = [], existing } = written;
    const layout = layoutOf({
      path: file,
      resolved: context.resolvePath(file),
      node: context.node,
      codec: context.value.codec,
      isFolder: written.roll !== undefined || partitionBy.length > 0,
      mayBeSingle: context.bounded && context.singleTask,
    });
    const { node, stateDirectory, fresh } = context;
    return new FileSink({
      claim: { node, stateDirectory, layout, existing, fresh },
      format: formatOf(written, context, layout.extension),
      // A cell of CSV may have line breaks in it, and a container has no lines.
      check: ['csv', 'avro'].includes(context.value.codec) ? someValue : oneLine,
      partitions: partitionsOf(partitionBy).map(({ name }) => name),
      roll: rollLimits(written, context),
      clock: context.clock,
      splitCount: (task) => context.splits(task).length,
    });
  },
});

function formatOf(written: FileOptions, { value }: SinkContext, extension: string): FileFormat {
  const plain =
    value.codec === 'avro'
      ? containerFormat(value.schema as Schema, blockCodecOf(written))
      : lineFormat(value.codec === 'csv' && written.header !== false ? csvHeader(value) : null);
  const compression = compressionOf(extension);
  const pack = compression === null ? null : packerOf(compression);
  return pack === null ? plain : packedFormat(plain, pack);
}

function blockCodecOf({ compression = 'deflate' }: FileOptions): BlockCodecName {
  return compression === 'none' ? 'null' : compression;
}

function partitionsOf(written: NonNullable<FileOptions['partitionBy']>) {
  return written.flatMap((entry, index) =>
    Object.entries(entry).map(([name, text]) => ({ name, text, at: ['partitionBy', index, name] })),
  );
}

/** The value of a folder is text, or what has one form as text. */
function checkPartitions({ partitionBy = [] }: FileOptions, input: EdgeType, context: InferContext): void {
  const partitions = partitionsOf(partitionBy);
  for (const [index, { name, text, at }] of partitions.entries()) {
    if (partitions.findIndex((other) => other.name === name) < index) {
      const message = `the folder "${name}" stands twice in "partitionBy".`;
      context.report({ code: 'DUPLICATE_FIELD', severity: 'error', at, on: 'key', message });
    }
    const type = context.expression(at, text, input)?.type;
    if (type === undefined || hasText(type)) continue;
    const message = `"${name}" needs text, a number, a boolean or a time, but the expression gives ${formatType(type)}.`;
    context.report({ code: 'EXPRESSION_TYPE', severity: 'error', at, message });
  }
}

const withText = new Set<CelType['kind']>(['bool', 'int', 'uint', 'double', 'string', 'timestamp', 'null', 'dyn']);

function hasText(type: CelType): boolean {
  return withText.has(type.kind === 'nullable' || type.kind === 'optional' ? type.of.kind : type.kind);
}

const codecByExtension: Readonly<Record<string, string>> = {
  '.ndjson': 'json',
  '.jsonl': 'json',
  '.json': 'json',
  '.csv': 'csv',
  '.avro': 'avro',
  '.txt': 'string',
  '.log': 'string',
};

const notBuiltExtensions = /\.(?:br|bz2|xz|zip|lz4|parquet)$/;

function reportNotBuilt({ path: file, compression }: FileOptions, context: InferContext): boolean {
  const report = (code: string, at: string, message: string, suggestion: string): true => {
    context.report({ code, severity: 'error', at: [at], message, suggestion });
    return true;
  };
  const extension = notBuiltExtensions.exec(unpackedName(file))?.[0];
  if (extension !== undefined) {
    const message = `Writing files with the extension "${extension}" is not built yet.`;
    return report('NOT_BUILT_YET', 'path', message, 'Write lines: ".ndjson" or ".txt".');
  }
  const packs = compressionOf(file) === 'zstandard';
  if ((!packs && compression !== 'zstandard') || packerOf('zstandard') !== null) return false;
  const message = `Writing Zstandard needs Node.js 22.15 or later; this is ${process.version}.`;
  const suggestion = packs ? 'Write ".gz" or ".sz", which every version can.' : 'Write "deflate" or "snappy".';
  return report('OPTIONS_CONFLICT', packs ? 'path' : 'compression', message, suggestion);
}

function reportConflicts({ header, compression }: FileOptions, { codec }: Encoding, context: InferContext): void {
  const report = (at: string, what: string): void => {
    const message = `"${at}" has a meaning for ${what} only.`;
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [at], on: 'key', message });
  };
  if (header !== undefined && codec !== 'csv') report('header', 'CSV');
  if (compression !== undefined && codec !== 'avro') report('compression', 'container files of Avro');
}

function warnOfTombstones(input: EdgeType, context: InferContext): void {
  if (!input.tombstones) return;
  const message = 'Null values, which can reach this sink, cannot be records of a file: each fails with NULL_VALUE.';
  const suggestion = 'Filter them out, or write "onError": { "deliver": "skip" } on this sink.';
  context.report({ code: 'NULL_VALUES', severity: 'warning', at: ['path'], message, suggestion });
}

/** An unbounded run completes its files now and then; a bounded one at its end, unless it is told otherwise. */
function rollLimits({ roll }: FileOptions, context: SinkContext): RollLimits {
  const every = roll?.every ?? (context.bounded ? null : '1m');
  const size = roll?.size ?? (context.bounded ? null : '128MiB');
  return {
    everyMs: every === null ? null : parseDuration(every),
    bytes: size === null ? null : parseSize(size),
    records: roll?.records ?? null,
  };
}

/** What the sink `file` takes in a TypeScript topology. */
export type WrittenFileSink<V> = Written<Omit<FileOptions, 'value' | 'partitionBy'>> &
  SinkExtras & {
    readonly value?: WrittenCodec;
    readonly partitionBy?: readonly { readonly [name: string]: WrittenExpression<V> }[];
  };

/** Writes files in a TypeScript topology. */
export function fileSink<V>(options: WrittenFileSink<V>): SinkSpec<V> {
  return sinkSpec<V>('file', options);
}
