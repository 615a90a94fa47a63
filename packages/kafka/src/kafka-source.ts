import { schemaToJson } from '@headrace/avro';
import { defineSource, isDynamic, parseDuration, sourceSpec } from '@headrace/core';
import type {
  CodecSpec,
  CodecValue,
  EdgeType,
  Encoding,
  InferContext,
  KeyIdentity,
  SourceExtras,
  SourceSpec,
  StageOp,
  Written,
  WrittenCodec,
  WrittenExpression,
} from '@headrace/core';
import { checkSource } from './check-source.ts';
import { kafkaSourceOptions, type KafkaSourceOptions } from './kafka-source-options.ts';
import { parseStart, startOffsets } from './start-at.ts';
import { topicPattern } from './topic-pattern.ts';

/** Any key may be null, whatever its schema. */
const undeclaredKey: Encoding = { codec: 'bytes', options: {}, schema: { kind: 'bytes' } };

/** Reads topics of Kafka as a member of the topology's group. */
export const kafkaSource = defineSource({
  type: 'kafka',
  summary: 'Reads topics of Kafka as a member of the topology’s group.',
  options: kafkaSourceOptions,
  examples: [
    {
      summary: 'A topic of Avro records, with the time of the event',
      options: {
        topic: 'orders',
        key: { codec: 'string', equals: 'customerId' },
        value: { codec: 'avro', schema: './schemas/order.avsc' },
        timestamp: 'placedAt',
      },
    },
    {
      summary:
        'All topics of a kind, from offsets of one of them; what is a day ahead of the clock goes to the port "error"',
      options: { pattern: 'events-.*', value: 'json', start: { 'events-eu/0': 1200 }, maxAhead: '1d' },
    },
    {
      summary: 'Two topics of JSON, only what is new',
      options: { topics: ['clicks', 'views'], value: 'json', start: 'latest' },
    },
  ],

  infer(written, context) {
    checkSource(written, context);
    const { codec, equals } = splitKey(written.key);
    const key = codec === undefined ? undeclaredKey : context.reads(['key'], codec, { frames: true });
    const value = context.reads(['value'], written.value, { frames: true });
    if (key === null || value === null) return null;
    const output = edgeOf(written, key, value);
    if (equals !== undefined) reportEquals(equals, output, context);
    if (written.timestamp !== undefined)
      context.expression(['timestamp'], written.timestamp, output, { expected: 'timestamp' });
    return { output, key, value };
  },

  traits: () => ({ scope: 'group', replay: 'position', bounded: false }),

  subscription(written) {
    const { topic, topics, pattern, start, onOutOfRange = 'fail', readCommitted = true } = written;
    return {
      topics: (pattern === undefined ? null : topicPattern(pattern)) ?? topics ?? (topic === undefined ? [] : [topic]),
      start: (typeof start === 'string' ? parseStart(start) : null) ?? 'earliest',
      offsets: startOffsets(written),
      reading: { onOutOfRange, uncommitted: !readCommitted },
    };
  },

  lower({ timestamp, maxAhead }, context) {
    const edge = context.outputs['out'] as EdgeType;
    const ops: StageOp[] = [];
    if (timestamp !== undefined)
      ops.push({ op: 'timestamp', at: context.expression(['timestamp'], timestamp, edge, { expected: 'timestamp' }) });
    if (maxAhead !== undefined) ops.push({ op: 'ahead', mostMs: parseDuration(maxAhead) ?? Infinity });
    return ops;
  },
});

function edgeOf({ tombstones = false }: KafkaSourceOptions, key: Encoding, value: Encoding): EdgeType {
  return {
    key: key.schema,
    value: value.schema,
    kind: 'stream',
    tombstones,
    partitionedBy: identityOf(key),
    ordered: true,
    scope: 'record',
  };
}

function identityOf({ codec, schema, frame }: Encoding): KeyIdentity {
  return {
    codec,
    schema: isDynamic(schema) ? 'dynamic' : JSON.stringify(schemaToJson(schema)),
    framing: frame === undefined ? 'bare' : 'confluent',
    partitioner: 'murmur2',
    partitions: null,
  };
}

/** `equals` says something about the key; the rest is the codec's. */
function splitKey(key: KafkaSourceOptions['key']): { codec: unknown; equals: unknown } {
  if (typeof key !== 'object') return { codec: key, equals: undefined };
  const { equals, ...codec } = key;
  return { codec, equals };
}

function reportEquals(equals: unknown, edge: EdgeType, context: InferContext): void {
  const at = ['key', 'equals'];
  if (typeof equals === 'string') context.expression(at, equals, edge);
  else
    context.report({ code: 'WRONG_TYPE', severity: 'error', at, message: 'must be the name of a field of the value.' });
}

/** What the source `kafka` takes in a TypeScript topology. */
export type WrittenKafkaSource<C extends WrittenCodec> = Written<
  Omit<KafkaSourceOptions, 'key' | 'value' | 'timestamp'>
> &
  SourceExtras & {
    readonly value: C;
    readonly key?: string | (CodecSpec<unknown> & { readonly equals?: keyof CodecValue<C> & string });
    readonly timestamp?: WrittenExpression<CodecValue<C>>;
  };

/** Reads topics in a TypeScript topology; the type of its values is that of its codec. */
export function kafka<const C extends WrittenCodec>(written: WrittenKafkaSource<C>): SourceSpec<CodecValue<C>> {
  return sourceSpec('kafka', written);
}
