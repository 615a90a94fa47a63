import { nonNullBranch } from '@headrace/avro';
import { deadLetterSink, defineSink, isDynamic, routePrefix, sinkSpec } from '@headrace/core';
import type {
  EdgeType,
  Encoding,
  InferContext,
  LowerContext,
  SinkExtras,
  SinkSpec,
  StageOp,
  TopicCreation,
  Written,
  WrittenCodec,
  WrittenExpression,
} from '@headrace/core';
import { checkSinkTopics, checkSinkWriting } from './check-sink.ts';
import { kafkaSinkOptions, type KafkaSinkOptions } from './kafka-sink-options.ts';
import { routes, TopicSink } from './topic-sink.ts';

const primitiveCodecs: readonly string[] = ['string', 'bytes', 'int', 'long', 'float', 'double'];

/** Appends records to topics of Kafka, in the partition that Kafka's own clients give to their keys. */
export const kafkaSinkDefinition = defineSink({
  type: 'kafka',
  summary: 'Appends records to topics of Kafka, in the partition that Kafka’s own clients give to their keys.',
  options: kafkaSinkOptions,
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
    {
      summary: 'Each record to the topic of its country',
      options: {
        topicBy: "country in ['DE', 'FR'] ? 'orders-eu' : 'orders-rest'",
        topics: ['orders-eu', 'orders-rest'],
        value: 'json',
      },
    },
    {
      summary: 'The bytes as they were read, without the headers; large orders delete their key',
      options: { topic: 'orders-copy', value: 'asRead', passHeaders: false, deleteWhen: 'amount > 1000.0' },
    },
  ],

  infer(written, input, context) {
    checkSinkTopics(written, context);
    checkSinkWriting(written, input, context);
    const schemaName = written.schemaName ?? recordName(written.topic ?? '');
    const key = input.key === null ? null : inferKey(written, input, schemaName, context);
    const value =
      written.value === 'asRead'
        ? context.asRead(['value'], 'value')
        : context.writes(['value'], written.value, input.value, {
            codec: null,
            schemaName,
            subjects: subjectsOf(written, 'value'),
          });
    if (value === null || (key === null && input.key !== null)) return null;
    reportNameNeeded(written, input, value, context);
    return { key, value };
  },

  traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 16, transactional: false, idempotent: false }),

  topics: ({ topic, topics = [], create }) =>
    [...(topic === undefined ? [] : [topic]), ...topics].map((name) => ({ topic: name, create: creationOf(create) })),

  lower(written, context) {
    const { topicBy, partitionBy, deleteWhen, passHeaders = true } = written;
    const edge = context.inputs[0] as EdgeType;
    const route: [string, ReturnType<LowerContext['expression']>][] = [];
    if (topicBy !== undefined)
      route.push([routePrefix + routes.topic, context.expression(['topicBy'], topicBy, edge, { expected: 'string' })]);
    if (partitionBy !== undefined)
      route.push([
        routePrefix + routes.partition,
        context.expression(['partitionBy'], partitionBy, edge, { expected: 'int' }),
      ]);
    const ops: StageOp[] = route.length === 0 ? [] : [{ op: 'headers', set: route, tombstones: true }];
    return deleteWhen === undefined && passHeaders
      ? [...ops, ...stepByStep(written, edge, context)]
      : [...ops, atOnce(written, edge, context)];
  },

  create(written, context) {
    const { topic, topicBy, topics = [], partitionBy, compression = 'none' } = written;
    return new TopicSink(
      {
        topics: topicBy === undefined ? [topic ?? ''] : topics,
        byRecord: topicBy !== undefined,
        ownPartitions: partitionBy !== undefined,
        compression,
        lessens: context.node === deadLetterSink,
      },
      context,
    );
  },
});

function creationOf(written: KafkaSinkOptions['create']): TopicCreation | null {
  if (written === undefined) return null;
  const { partitions = null, replication = null, config = {} } = written;
  const settings = Object.entries(config).map(([name, value]) => [name, String(value)]);
  return { partitions, replication, config: Object.fromEntries(settings) as Record<string, string> };
}

/** The key comes last, so that headers and time are made from the record that came in. */
function stepByStep({ timestamp, keyBy, headers }: KafkaSinkOptions, edge: EdgeType, context: LowerContext): StageOp[] {
  const ops: StageOp[] = [];
  const set = headersOf(headers, edge, context);
  if (set.length > 0) ops.push({ op: 'headers', set });
  if (timestamp !== undefined)
    ops.push({ op: 'timestamp', at: context.expression(['timestamp'], timestamp, edge, { expected: 'timestamp' }) });
  if (keyBy !== undefined) ops.push({ op: 'key', by: context.expression(['keyBy'], keyBy, edge), null: null });
  return ops;
}

function atOnce(
  { headers, timestamp, keyBy, deleteWhen, passHeaders }: KafkaSinkOptions,
  edge: EdgeType,
  context: LowerContext,
): StageOp {
  return {
    op: 'project',
    let: [],
    fields: null,
    output: edge.value,
    headers: headersOf(headers, edge, context),
    replacesHeaders: passHeaders === false,
    ...(timestamp !== undefined && {
      timestamp: context.expression(['timestamp'], timestamp, edge, { expected: 'timestamp' }),
    }),
    ...(keyBy !== undefined && { key: context.expression(['keyBy'], keyBy, edge) }),
    ...(deleteWhen !== undefined && {
      deleteWhen: context.expression(['deleteWhen'], deleteWhen, edge, { expected: 'bool' }),
    }),
  };
}

function headersOf(headers: KafkaSinkOptions['headers'], edge: EdgeType, context: LowerContext) {
  return Object.entries(headers ?? {}).map(
    ([name, text]) => [name, context.expression(['headers', name], text, edge)] as const,
  );
}

function inferKey(
  written: KafkaSinkOptions,
  input: EdgeType,
  schemaName: string,
  context: InferContext,
): Encoding | null {
  const { key, keyBy } = written;
  if (key !== 'asRead')
    return context.writes(['key'], key, input.key ?? { kind: 'null' }, {
      codec: keyCodec(input),
      schemaName: `${schemaName}_key`,
      subjects: subjectsOf(written, 'key'),
    });
  if (keyBy === undefined) return context.asRead(['key'], 'key');
  const message = '"key": "asRead" passes the key on that was read, and "keyBy" makes a new one.';
  context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['key'], message });
  return null;
}

/** The subjects of the topics that are written, as Confluent's serializers name them. */
function subjectsOf({ topic, topicBy, topics = [] }: KafkaSinkOptions, part: 'key' | 'value'): readonly string[] {
  return (topicBy === undefined ? [topic ?? ''] : topics).map((name) => `${name}-${part}`);
}

/** Names what is written after its topic, with the letters that Avro allows. */
function recordName(topic: string): string {
  const name = topic.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

// One schema for several topics cannot be named after any of them.
function reportNameNeeded(written: KafkaSinkOptions, input: EdgeType, value: Encoding, context: InferContext): void {
  const isOpen = !isDynamic(input.value) && input.value.kind === 'record' && input.value.name === null;
  if (written.topic !== undefined || written.schemaName !== undefined || value.codec !== 'avro' || !isOpen) return;
  if (!isDynamic(value.schema) && value.schema.kind === 'record' && value.schema.name !== '_') return;
  const message = 'the records have no name, and with several topics none can be made of a topic.';
  const suggestion = 'Write "schemaName".';
  context.report({ code: 'MISSING_KEY', severity: 'error', at: ['topicBy'], on: 'key', message, suggestion });
}

// A key that is still the source's takes the source's codec; a new one of a simple type has only one sensible form.
function keyCodec({ key, partitionedBy }: EdgeType): string | null {
  if (key === null || isDynamic(key) || partitionedBy !== 'unknown') return null;
  const { kind } = nonNullBranch(key) ?? key;
  return primitiveCodecs.includes(kind) ? kind : null;
}

type Expressions = 'topicBy' | 'keyBy' | 'timestamp' | 'partitionBy' | 'deleteWhen';

/** What the sink `kafka` takes in a TypeScript topology. */
export type WrittenKafkaSink<V> = Written<Omit<KafkaSinkOptions, 'key' | 'value' | 'headers' | Expressions>> &
  SinkExtras & {
    readonly key?: WrittenCodec;
    readonly value?: WrittenCodec;
    readonly headers?: { readonly [name: string]: WrittenExpression<V> };
  } & { readonly [option in Expressions]?: WrittenExpression<V> };

/** Appends to a topic in a TypeScript topology. */
export function kafkaSink<V>(written: WrittenKafkaSink<V>): SinkSpec<V> {
  return sinkSpec<V>('kafka', written);
}
