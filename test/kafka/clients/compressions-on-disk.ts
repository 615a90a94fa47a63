import { BatchHeader, fetchApi, readBatchHeader, type CompressionName } from '@headrace/protocol';
import { askNode } from '../ask-node.ts';

/** Returns the compressions of the batches of a partition, as they lie in the log. */
export async function compressionsOnDisk(
  bootstrap: string,
  topic: string,
  partition: number,
): Promise<CompressionName[]> {
  const wanted = { partition, fetchOffset: 0, partitionMaxBytes: 1 << 20, currentLeaderEpoch: -1 };
  const topics = [{ topic, partitions: [wanted] }];
  const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20, isolationLevel: 0 };
  for (const address of bootstrap.split(',')) {
    const body = { ...limits, topics, forgottenTopicsData: [], rackId: '' };
    const { responses } = await askNode(address, fetchApi, 11, body);
    const answer = responses[0]?.partitions[0];
    if (answer?.errorCode !== 0) continue;
    const bytes = Buffer.from(answer.records ?? []);
    const found: CompressionName[] = [];
    const header = new BatchHeader();
    for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
      if (!readBatchHeader(bytes, at, bytes.length, header)) throw new Error('A batch is cut off.');
      found.push(header.compression);
    }
    return found;
  }
  throw new Error(`No node leads partition ${partition} of "${topic}".`);
}
