import { listOffsetsApi } from '@headrace/protocol';
import { askNode } from './ask-node.ts';

/** The last version without an isolation level, of which kafkajs has no choice: its Admin answers with last stable offsets. */
const version = 1;
const latest = -1;

/**
 * Asks for the high watermarks of partitions, by partition: the offsets behind the last record that is replicated, whether or not
 * its transaction has ended. Of several nodes, separated by commas, each is asked for what it leads; those that do not answer lead nothing.
 */
export async function highWatermarks(
  bootstrap: string,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const asked = partitions.map((partitionIndex) => ({ partitionIndex, timestamp: latest }));
  const body = { replicaId: -1, topics: [{ name: topic, partitions: asked }] };
  const answers = await Promise.allSettled(
    bootstrap.split(',').map((address) => askNode(address, listOffsetsApi, version, body)),
  );
  const offsets = new Map<number, number>();
  let problem: unknown;
  for (const answer of answers) {
    if (answer.status === 'rejected') problem = answer.reason;
    else
      for (const { partitionIndex, errorCode, offset } of answer.value.topics.flatMap((one) => one.partitions))
        if (errorCode === 0) offsets.set(partitionIndex, offset);
        else problem = `error ${errorCode}`;
  }
  const missing = partitions.find((partition) => !offsets.has(partition));
  if (missing === undefined) return offsets;
  throw new Error(`No node answers ListOffsets of partition ${missing} of "${topic}".`, { cause: problem });
}
