import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Type, type Static } from 'typebox';
import { sinkSpec, type SinkExtras } from '../component/author/source-and-sink.ts';
import type { WrittenCodec } from '../component/author/codec-spec.ts';
import type { SinkSpec } from '../component/author/stream.ts';
import type { Written } from '../component/author/written.ts';
import { csvHeader } from '../codecs/csv.ts';
import { fitsLines } from '../codecs/line-codecs.ts';
import type { InferContext, SinkContext } from '../component/contexts.ts';
import { defineSink } from '../component/define.ts';
import { durationOption, parseDuration } from '../component/duration.ts';
import { codecOption } from '../component/option-schemas.ts';
import { parseSize, sizeOption } from '../component/size.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { FileSink } from './file/file-sink.ts';
import { layoutOf } from './file/layout.ts';
import type { RollLimits } from './file/task-files.ts';

const options = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description:
        'The file, where the run is bounded and one task writes; otherwise the stem of the names of files: a task and the offset of the first record follow. Ending with "/", or beside "roll", it is a folder.',
    }),
    value: Type.Optional(
      codecOption('The codec of values, one line each: json, csv, string or bytes; by the extension unless written.'),
    ),
    header: Type.Optional(
      Type.Boolean({ description: 'Whether the first line of each file of CSV names its cells; true unless written.' }),
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
    partitionBy: Type.Optional(Type.Unknown({ description: 'Expressions whose values name folders. Not built yet.' })),
  },
  { additionalProperties: false },
);

type FileOptions = Static<typeof options>;

/** Writes one line a record to files that appear under their name only when they are complete. */
export const fileSinkDefinition = defineSink({
  type: 'file',
  summary: 'Writes lines to files, which appear when they are complete.',
  options,
  examples: [
    { summary: 'A new file of NDJSON every minute', options: { path: './out/orders.ndjson' } },
    { summary: 'The same, compressed', options: { path: './out/orders.ndjson.gz' } },
    {
      summary: 'A folder of text files, a new one every hour',
      options: { path: './out/lines', value: 'string', roll: { every: '1h' } },
    },
  ],
  infer(written, input, context) {
    if (reportNotBuilt(written, context)) return null;
    // Of "orders.csv.gz" the codec is that of what is packed.
    const plain = written.path.replace(/\.gz$/, '');
    const extension = path.extname(plain);
    const stem = path.basename(plain, extension);
    const codec = codecByExtension[extension] ?? null;
    const value = context.writes(['value'], written.value, input.value, { codec, schemaName: stem });
    if (value === null || !fitsLines(value, context)) return null;
    warnOfTombstones(input, context);
    return { key: null, value };
  },
  traits: () => ({
    acknowledges: 'later',
    epochs: 'inOrder',
    concurrency: 16,
    transactional: false,
    idempotent: false,
  }),
  create(written, context) {
    const layout = layoutOf({
      path: written.path,
      resolved: context.resolvePath(written.path),
      node: context.node,
      codec: context.value.codec,
      rolled: written.roll !== undefined,
      mayBeSingle: context.bounded && context.singleTask,
    });
    return new FileSink({
      claim: {
        node: context.node,
        stateDirectory: context.stateDirectory,
        layout,
        existing: written.existing,
        fresh: context.fresh,
      },
      head: headOf(written, context),
      // Files that are packed one after the other are one packed file.
      pack: layout.extension.endsWith('.gz') ? (bytes) => gzipSync(bytes) : null,
      roll: rollLimits(written, context),
      clock: context.clock,
      splitCount: (task) => context.splits(task).length,
    });
  },
});

function headOf({ header }: FileOptions, { value }: SinkContext): Uint8Array | null {
  return value.codec === 'csv' && header !== false ? Buffer.from(`${csvHeader(value)}\n`) : null;
}

const codecByExtension: Readonly<Record<string, string>> = {
  '.ndjson': 'json',
  '.jsonl': 'json',
  '.json': 'json',
  '.csv': 'csv',
  '.txt': 'string',
  '.log': 'string',
};

const notBuiltExtensions = ['.zst', '.br', '.avro', '.parquet'];

function reportNotBuilt(written: FileOptions, context: InferContext): boolean {
  const extension = path.extname(written.path.replace(/\.gz$/, ''));
  if (written.partitionBy !== undefined) {
    const message = 'Folders by the values of records are not built yet.';
    context.report({ code: 'NOT_BUILT_YET', severity: 'error', at: ['partitionBy'], on: 'key', message });
  }
  if (notBuiltExtensions.includes(extension)) {
    const message = `Writing files with the extension "${extension}" is not built yet.`;
    const suggestion = 'Write lines: ".ndjson" or ".txt".';
    context.report({ code: 'NOT_BUILT_YET', severity: 'error', at: ['path'], message, suggestion });
  }
  return written.partitionBy !== undefined || notBuiltExtensions.includes(extension);
}

function warnOfTombstones(input: EdgeType, context: InferContext): void {
  if (!input.tombstones) return;
  const message = 'Null values, which can reach this sink, cannot be lines of a file: each fails with NULL_VALUE.';
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

/** Writes files in a TypeScript topology. */
export function fileSink(
  options: Written<Omit<FileOptions, 'value'>> & SinkExtras & { readonly value?: WrittenCodec },
): SinkSpec {
  return sinkSpec('file', options);
}
