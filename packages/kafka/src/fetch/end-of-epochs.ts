import { offsetForLeaderEpochApi } from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { topicPartition } from '../topic-partition.ts';
import type { Reading } from './reading.ts';

/**
 * Asks a leader where the epochs end of what was read before positions (KIP-320). Needed before fetches below version 12 only; newer
 * ones carry the question. A position is asked about once under each leader.
 */
export async function askEndOfEpochs(
  cluster: Cluster,
  broker: number,
  readings: readonly Reading[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const asked = readings.flatMap((reading) => {
    const question = reading.epochQuestion;
    return question === null ? [] : [{ reading, question }];
  });
  if (asked.length === 0) return;
  const topics = [...new Set(asked.map(({ reading }) => reading.topic))].map((topic) => ({
    topic,
    partitions: asked.flatMap(({ reading, question }) => (reading.topic === topic ? [question] : [])),
  }));
  const api = offsetForLeaderEpochApi;
  const version = (await cluster.connections.versions(broker, 'fetch')).versionOf(api);
  // A consumer is replica -1; version 2 has no place for it.
  const body = version === 2 ? { topics } : { replicaId: -1, topics };
  const answer = await cluster.ask(broker, 'fetch', api, body, options);
  const byName = new Map(asked.map((one) => [one.reading.name, one]));
  for (const { topic, partitions } of answer.topics)
    for (const { partition, errorCode, endOffset } of partitions) {
      const { reading, question } = byName.get(topicPartition(topic, partition)) ?? {};
      if (question !== undefined) reading?.takeEpochEnd(errorCode, endOffset, question.currentLeaderEpoch);
    }
}
