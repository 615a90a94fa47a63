import { canWriteZstandard, nonNullBranch } from '@headrace/avro';
import {
  codecOption,
  defineSink,
  expressionOption,
  expressionOrFunctionOption,
  isDynamic,
  sinkSpec,
} from '@headrace/core';
import type {
  EdgeType,
  InferContext,
  SinkExtras,
  SinkSpec,
  StageOp,
  TopicCreation,
  Written,
  WrittenCodec,
  WrittenExpression,
} from '@headrace/core';
import { Type } from '@headrace/core';
import type { Static } from 'typebox';
import { topicOption } from './option-schemas.ts';
import { reportLater } from './report-later.ts';
import { TopicSink } from './topic-sink.ts';

const options = Type.Object(
  {
    topic: Type.Optional(topicOption('The topic to write to.')),
    topicBy: Type.Optional(expressionOption('The topic of each record; one of "topics".')),
    topics: Type.Optional(
      Type.Array(topicOption('A topic that "topicBy" may give.'), {
        minItems: 1,
        uniqueItems: true,
        description: 'The topics that "topicBy" may give.',
      }),
    ),
    key: Type.Optional(codecOption('How keys are written.')),
    value: Type.Optional(codecOption('How values are written; "asRead" forwards unchanged bytes.')),
    keyBy: Type.Optional(expressionOrFunctionOption('A new key.')),
    headers: Type.Optional(
      Type.Record(Type.String(), expressionOrFunctionOption('The text of a header.'), {
        description: 'Headers to add, by their names.',
      }),
    ),
    timestamp: Type.Optional(expressionOrFunctionOption("The time of the record; the record's own unless written.")),
    partitionBy: Type.Optional(expressionOption('The number of the partition.')),
    partitioner: Type.Optional(
      Type.Enum(['murmur2'], { description: "What decides the partition: Kafka's hash of the key." }),
    ),
    compression: Type.Optional(
      Type.Enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'], {
        description: 'How batches are compressed; not at all unless written.',
      }),
    ),
    deleteWhen: Type.Optional(expressionOption('Which records become tombstones.')),
    passHeaders: Type.Optional(
      Type.Boolean({
        description: 'Whether the headers of the record are passed on, as they are unless "false" is written.',
      }),
    ),
    create: Type.Optional(
      Type.Object(
        {
          partitions: Type.Optional(Type.Integer({ minimum: 1, description: 'How many partitions it has.' })),
          replication: Type.Optional(Type.Integer({ minimum: 1, description: 'On how many brokers each lies.' })),
          config: Type.Optional(
            Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
              description: 'Settings of the topic, by their names in Kafka.',
            }),
          ),
        },
        {
          additionalProperties: false,
          description:
            'How "headrace apply" makes the topic where there is none; the broker decides what is not written.',
        },
      ),
    ),
    schemaName: Type.Optional(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.]*$', description: 'The name of the record that is written.' }),
    ),
  },
  { additionalProperties: false },
);

type Options = Static<typeof options>;

const laterOptions = ['topicBy', 'topics', 'partitionBy', 'deleteWhen'] as const;
const primitiveCodecs: readonly string[] = ['string', 'bytes', 'int', 'long', 'float', 'double'];

/** Appends records to a topic of Kafka, in the partition that Kafka's own clients give to their keys. */
export const kafkaSinkDefinition = defineSink({
  type: 'kafka',
  summary: 'Appends records to a topic of Kafka, in the partition that Kafka’s own clients give to their keys.',
  options,
  examples: [
    { summary: 'Avro records under the keys that they have', options: { topic: 'orders-eu', value: 'avro' } },
    {
      summary: 'JSON under a new key, with a header, compressed',
      options: {
        topic: 'orders-by-customer',
        keyBy: 'customerId',
        key: 'string',
        value: 'json',
        headers: { country: 'country' },
        compression: 'gzip',
      },
    },
    {
      summary: 'A topic that "headrace apply" makes where there is none',
      options: {
        topic: 'orders-eu',
        value: 'json',
        create: {
          partitions: 12,
          replication: 3,
          config: { 'cleanup.policy': 'compact', 'retention.ms': 604_800_000 },
        },
      },
    },
  ],

  infer(written, input, context) {
    reportWhatIsLater(written, context);
    if (written.topic === undefined && written.topicBy === undefined)
      context.report({
        code: 'MISSING_KEY',
        severity: 'error',
        at: [],
        on: 'key',
        message: 'the key "topic" is missing.',
      });
    const { topic = '' } = written;
    const schemaName = written.schemaName ?? recordName(topic);
    const key =
      input.key === null
        ? null
        : context.writes(['key'], written.key, input.key, { codec: keyCodec(input), schemaName: `${schemaName}_key` });
    const value =
      written.value === 'asRead'
        ? null
        : context.writes(['value'], written.value, input.value, { codec: null, schemaName });
    return value === null || (key === null && input.key !== null) ? null : { key, value };
  },

  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 16, transactional: false, idempotent: false }),

  topics: ({ topic, topics = [], create }) =>
    [...(topic === undefined ? [] : [topic]), ...topics].map((name) => ({ topic: name, create: creationOf(create) })),

  // The key comes last, so that headers and time are made from the record that came in.
  lower({ headers, timestamp, keyBy }, context) {
    const edge = context.inputs[0] as EdgeType;
    const ops: StageOp[] = [];
    const set = Object.entries(headers ?? {});
    if (set.length > 0)
      ops.push({
        op: 'headers',
        set: set.map(([name, text]) => [name, context.expression(['headers', name], text, edge)]),
      });
    if (timestamp !== undefined)
      ops.push({ op: 'timestamp', at: context.expression(['timestamp'], timestamp, edge, { expected: 'timestamp' }) });
    if (keyBy !== undefined) ops.push({ op: 'key', by: context.expression(['keyBy'], keyBy, edge), null: null });
    return ops;
  },

  create: ({ topic = '', compression }, context) => new TopicSink(topic, compression ?? 'none', context),
});

function creationOf(written: Options['create']): TopicCreation | null {
  if (written === undefined) return null;
  const { partitions = null, replication = null, config = {} } = written;
  const settings = Object.entries(config).map(([name, value]) => [name, String(value)]);
  return { partitions, replication, config: Object.fromEntries(settings) as Record<string, string> };
}

/** Names what is written after its topic, with the letters that Avro allows. */
function recordName(topic: string): string {
  const name = topic.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

// A key that is still the source's takes the source's codec; a new one of a simple type has only one sensible form.
function keyCodec({ key, partitionedBy }: EdgeType): string | null {
  if (key === null || isDynamic(key) || partitionedBy !== 'unknown') return null;
  const { kind } = nonNullBranch(key) ?? key;
  return primitiveCodecs.includes(kind) ? kind : null;
}

function reportWhatIsLater(written: Options, context: InferContext): void {
  for (const option of laterOptions) if (written[option] !== undefined) reportLater(context, option);
  if (written.value === 'asRead') reportLater(context, 'value', 'asRead');
  if (written.passHeaders === false) reportLater(context, 'passHeaders', 'false');
  if (written.compression === 'zstd' && !canWriteZstandard)
    context.report({
      code: 'OPTIONS_CONFLICT',
      severity: 'error',
      at: ['compression'],
      message: `Node 22.15 is the first that can write "zstd"; this is ${process.version}.`,
      suggestion: 'Use "lz4", or a later Node.',
    });
}

type Expressions = 'topicBy' | 'keyBy' | 'timestamp' | 'partitionBy' | 'deleteWhen';

/** What the sink `kafka` takes in a TypeScript topology. */
export type WrittenKafkaSink<V> = Written<Omit<Options, 'key' | 'value' | 'headers' | Expressions>> &
  SinkExtras & {
    readonly key?: WrittenCodec;
    readonly value?: WrittenCodec;
    readonly headers?: { readonly [name: string]: WrittenExpression<V> };
  } & { readonly [option in Expressions]?: WrittenExpression<V> };

/** Appends to a topic in a TypeScript topology. */
export function kafkaSink<V>(written: WrittenKafkaSink<V>): SinkSpec<V> {
  return sinkSpec<V>('kafka', written);
}
