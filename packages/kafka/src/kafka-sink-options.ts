import { codecOption, expressionOption, expressionOrFunctionOption, Type } from '@headrace/core';
import type { Static } from 'typebox';
import { topicOption } from './option-schemas.ts';

/** The options of the sink `kafka`. */
export const kafkaSinkOptions = Type.Object(
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
    key: Type.Optional(codecOption('How keys are written; "asRead" forwards unchanged bytes.')),
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

/** What the sink `kafka` takes, parameters filled in. */
export type KafkaSinkOptions = Static<typeof kafkaSinkOptions>;
