import { isDeepStrictEqual } from 'node:util';
import { builtInComponents, createRegistry } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import type { StreamsCase, StreamsRecord } from './streams-case.ts';
import { sinkOf, translate, unwrap, wrap, type Wrapped } from './translate.ts';

/** How a case went: `not built` names its operation, `differs` says what came instead. */
export type StreamsResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'not built'; readonly operation: string }
  | { readonly kind: 'differs'; readonly expected: readonly StreamsRecord[]; readonly came: readonly StreamsRecord[] };

/** Runs a case through the real runtime, each input to its end before the next. The order across topics counts for `peek` only. */
export async function runStreamsCase(recorded: StreamsCase): Promise<StreamsResult> {
  const translated = translate(recorded);
  if (translated === null) return { kind: 'not built', operation: recorded.operation };
  const driver = await TopologyTestDriver.create({
    definition: translated.definition,
    file: 'topology.ts',
    registry: createRegistry([...builtInComponents, ...kafkaComponents]),
    start: 0,
  });
  const came: (StreamsRecord & { after: number })[] = [];
  try {
    for (const [after, input] of recorded.inputs.entries()) {
      if ('advanceWallClockMs' in input) {
        await driver.advance(input.advanceWallClockMs);
        continue;
      }
      const { topic, key, value, timestamp } = input;
      await driver.send(`in_${topic}`, { key, value: wrap(value), timestamp: timestamp ?? 0 });
      await driver.settle();
      for (const one of translated.logged.splice(0)) came.push({ after, ...one });
      for (const output of translated.outputs)
        for (const record of driver.read(sinkOf(output)))
          came.push({
            after,
            topic: output,
            key: record.key as string | null,
            value: unwrap(record.value as Wrapped),
            timestamp: record.timestamp,
          });
    }
  } finally {
    await driver.stop();
  }
  const [wanted, given] = [recorded.outputs, came].map((records) => byTopic(records));
  return isDeepStrictEqual(wanted, given) ? { kind: 'passed' } : { kind: 'differs', expected: recorded.outputs, came };
}

// Keys stand in any order in the files.
function byTopic(records: readonly (StreamsRecord & { readonly after: number })[]) {
  const plain = records.map(({ after, topic, key, value, timestamp }) => ({ after, topic, key, value, timestamp }));
  return plain.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0));
}
