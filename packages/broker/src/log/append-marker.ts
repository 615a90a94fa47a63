import { BatchHeader, readBatchHeader, writeEndMarker } from '@headrace/protocol';
import type { PartitionLog } from './partition-log.ts';

/** Which transaction a marker ends, and how. */
export interface Marker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly result: 'commit' | 'abort';
  readonly coordinatorEpoch: number;
}

/** Appends the marker that ends a transaction on a partition, and takes its end in. */
export function appendMarker(log: PartitionLog, marker: Marker, leaderEpoch: number, now: number): void {
  const baseOffset = log.end;
  const bytes = writeEndMarker({ ...marker, baseOffset, partitionLeaderEpoch: leaderEpoch, timestamp: now });
  const header = new BatchHeader();
  readBatchHeader(bytes, 0, bytes.length, header);
  log.append({ bytes, baseOffset, lastOffset: baseOffset, leaderEpoch, maxTimestamp: now }, now);
  const state = log.producer(marker.producerId, now);
  log.transactionEnded(state, header, marker.coordinatorEpoch, marker.result === 'abort');
  log.wake();
}
