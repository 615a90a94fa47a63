import { HeadraceError, type TopicPartition } from '@headrace/core';
import { consumerProtocolAssignment, readData, writeData } from '@headrace/protocol';
import { partitionsByTopic, partitionsOf } from './partitions-by-topic.ts';
import { readUserData, writeUserData } from './user-data.ts';

/** What the leader of a generation gives to a member. */
export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[];
  /** Tells that partitions are being given back somewhere, so that another generation follows soon. */
  readonly moving: boolean;
  /** The shape of the topology that the group runs where it is another than the member's: there is no place for it. */
  readonly refusedBy: string | null;
  /** What the leader knew of the topics, in short: when the topics are not so any more, the tasks are to be assigned anew. */
  readonly topics: string;
}

/** Writes the bytes of a SyncGroup: the consumer protocol's assignment, which Kafka's tools show. */
export function writeMemberAssignment({ partitions, moving, refusedBy, topics }: MemberAssignment): Buffer {
  return writeData(consumerProtocolAssignment, 3, {
    assignedPartitions: partitionsByTopic(partitions),
    userData: writeUserData({ topics, ...(moving && { moving }), ...(refusedBy !== null && { refusedBy }) }),
  });
}

/** Reads an assignment. Throws GROUP_NOT_OURS where the leader is not one of Headrace. */
export function readMemberAssignment(bytes: Uint8Array): MemberAssignment {
  // A leader of a generation that is over assigned nothing to those who came later.
  if (bytes.length === 0) return { partitions: [], moving: false, refusedBy: null, topics: '' };
  try {
    const { value } = readData(consumerProtocolAssignment, bytes);
    const own = readUserData(value.userData);
    if (own !== null) {
      const { moving, refusedBy, topics } = own;
      return {
        partitions: partitionsOf(value.assignedPartitions),
        moving: moving === true,
        refusedBy: typeof refusedBy === 'string' ? refusedBy : null,
        topics: typeof topics === 'string' ? topics : '',
      };
    }
  } catch (cause) {
    throw notOurs(cause);
  }
  throw notOurs(undefined);
}

function notOurs(cause: unknown): HeadraceError {
  return new HeadraceError('GROUP_NOT_OURS', 'The group is led by another client, whose assignments cannot be read.', {
    cause,
  });
}
