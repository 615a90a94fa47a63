import { schemaToJson } from '@headrace/avro';
import {
  codecOption,
  defineSource,
  sourceSpec,
  durationOption,
  expressionOrFunctionOption,
  isDynamic,
  parseDuration,
} from '@headrace/core';
import type {
  CodecSpec,
  CodecValue,
  EdgeType,
  Encoding,
  InferContext,
  KeyIdentity,
  SourceExtras,
  SourceSpec,
  Written,
  WrittenCodec,
  WrittenExpression,
} from '@headrace/core';
import { Type } from '@headrace/core';
import type { Static } from 'typebox';
import { topicOption } from './option-schemas.ts';
import { reportLater } from './report-later.ts';
import { parseStart } from './start-at.ts';

const options = Type.Object(
  {
    topic: Type.Optional(topicOption('The topic to read.')),
    topics: Type.Optional(
      Type.Array(topicOption('A topic to read.'), {
        minItems: 1,
        uniqueItems: true,
        description: 'Several topics of one kind.',
      }),
    ),
    pattern: Type.Optional(
      Type.String({ minLength: 1, description: 'A regular expression over the names of topics.' }),
    ),
    key: Type.Optional(
      codecOption('How keys are read; "equals" names the field of the value that the key is. Bytes unless written.'),
    ),
    value: Type.Optional(codecOption('How values are read.')),
    timestamp: Type.Optional(expressionOrFunctionOption("The time of a record; Kafka's own unless written.")),
    start: Type.Optional(
      Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })], {
        description:
          'Where a group without positions begins: "earliest", "latest", an instant such as "2026-01-31T00:00:00Z", or offsets.',
      }),
    ),
    onOutOfRange: Type.Optional(
      Type.Enum(['fail', 'earliest', 'latest'], {
        description: 'What happens where a position does not exist any more.',
      }),
    ),
    readCommitted: Type.Optional(
      Type.Boolean({ description: 'Whether records of open and aborted transactions are kept out.' }),
    ),
    waitForData: Type.Optional(durationOption('How long to wait for a partition that may still have earlier records.')),
    maxAhead: Type.Optional(durationOption('Records further ahead of the clock go to the port "error".')),
    tombstones: Type.Optional(Type.Boolean({ description: 'Whether a value may be null, which deletes its key.' })),
  },
  { additionalProperties: false },
);

type Options = Static<typeof options>;

/** Any key may be null, whatever its schema. */
const undeclaredKey: Encoding = { codec: 'bytes', options: {}, schema: { kind: 'bytes' } };

/** Reads topics of Kafka as a member of the topology's group. */
export const kafkaSource = defineSource({
  type: 'kafka',
  summary: 'Reads topics of Kafka as a member of the topology’s group.',
  options,
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
      summary: 'Two topics of JSON, only what is new',
      options: { topics: ['clicks', 'views'], value: 'json', start: 'latest' },
    },
  ],

  infer(written, context) {
    reportWhatIsLater(written, context);
    reportTopics(written, context);
    reportStart(written, context);
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

  subscription: ({ topic, topics, start }) => ({
    topics: topics ?? (topic === undefined ? [] : [topic]),
    start: (typeof start === 'string' ? parseStart(start) : null) ?? 'earliest',
  }),

  lower({ timestamp }, context) {
    if (timestamp === undefined) return [];
    const edge = context.outputs['out'] as EdgeType;
    return [{ op: 'timestamp', at: context.expression(['timestamp'], timestamp, edge, { expected: 'timestamp' }) }];
  },
});

function edgeOf({ tombstones = false }: Options, key: Encoding, value: Encoding): EdgeType {
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
function splitKey(key: Options['key']): { codec: unknown; equals: unknown } {
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

function reportTopics({ topic, topics, pattern }: Options, context: InferContext): void {
  const written = Object.entries({ topic, topics, pattern }).filter(([, value]) => value !== undefined);
  const [first, second] = written.map(([name]) => name);
  if (first === undefined)
    context.report({
      code: 'MISSING_KEY',
      severity: 'error',
      at: [],
      on: 'key',
      message: 'the key "topic" is missing.',
    });
  if (second === undefined) return;
  const message = `"${first}" and "${second}" exclude each other.`;
  context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [second], on: 'key', message });
}

function reportStart({ start }: Options, context: InferContext): void {
  if (start === undefined || (typeof start === 'string' && parseStart(start) !== null)) return;
  if (typeof start !== 'string') return reportLater(context, 'start', 'offsets');
  context.report({
    code: 'NOT_ALLOWED_VALUE',
    severity: 'error',
    at: ['start'],
    message: `"${start.slice(0, 40)}" is no place to start.`,
    suggestion: 'Write "earliest", "latest", or an instant with its zone such as "2026-01-31T00:00:00Z".',
  });
}

function reportWhatIsLater(written: Options, context: InferContext): void {
  if (written.pattern !== undefined) reportLater(context, 'pattern');
  if (written.maxAhead !== undefined) reportLater(context, 'maxAhead');
  if (written.waitForData !== undefined && parseDuration(written.waitForData) !== 0)
    reportLater(context, 'waitForData');
  if (written.readCommitted === false) reportLater(context, 'readCommitted', 'false');
  const { onOutOfRange = 'fail' } = written;
  if (onOutOfRange !== 'fail') reportLater(context, 'onOutOfRange', onOutOfRange);
}

/** What the source `kafka` takes in a TypeScript topology. */
export type WrittenKafkaSource<C extends WrittenCodec> = Written<Omit<Options, 'key' | 'value' | 'timestamp'>> &
  SourceExtras & {
    readonly value: C;
    readonly key?: string | (CodecSpec<unknown> & { readonly equals?: keyof CodecValue<C> & string });
    readonly timestamp?: WrittenExpression<CodecValue<C>>;
  };

/** Reads topics in a TypeScript topology; the type of its values is that of its codec. */
export function kafka<const C extends WrittenCodec>(written: WrittenKafkaSource<C>): SourceSpec<CodecValue<C>> {
  return sourceSpec('kafka', written);
}
