import { codecOption, durationOption, expressionOrFunctionOption, Type } from '@headrace/core';
import type { Static } from 'typebox';
import { topicOption } from './option-schemas.ts';

/** The options of the source `kafka`. */
export const kafkaSourceOptions = Type.Object(
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
      Type.String({ minLength: 1, description: 'A regular expression that whole names of topics match.' }),
    ),
    key: Type.Optional(
      codecOption('How keys are read; "equals" names the field of the value that the key is. Bytes unless written.'),
    ),
    value: Type.Optional(codecOption('How values are read.')),
    timestamp: Type.Optional(expressionOrFunctionOption("The time of a record; Kafka's own unless written.")),
    start: Type.Optional(
      Type.Union([Type.String(), Type.Record(Type.String(), Type.Integer({ minimum: 0, description: 'An offset.' }))], {
        description:
          'Where a group without positions begins: "earliest", "latest", an instant such as "2026-01-31T00:00:00Z", or the offsets of partitions, such as { "0": 1200 } (of several topics { "orders/0": 1200 }); those that are not named begin at the earliest.',
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

/** What the source `kafka` takes, parameters filled in. */
export type KafkaSourceOptions = Static<typeof kafkaSourceOptions>;
