import { errorCode, kafkaError, type KafkaErrorName } from '@headrace/protocol';
import { describe, expect, it } from 'vitest';
import { groupOutcome, type GroupOutcome, type GroupRequest } from './group-outcomes.ts';

/** What the coordinator of Kafka 4.3 may answer to each request, and what it means. */
const table: Readonly<Record<GroupRequest, Readonly<Partial<Record<KafkaErrorName, GroupOutcome>>>>> = {
  join: {
    NONE: 'done',
    COORDINATOR_LOAD_IN_PROGRESS: 'wait',
    COORDINATOR_NOT_AVAILABLE: 'find',
    NOT_COORDINATOR: 'find',
    INCONSISTENT_GROUP_PROTOCOL: 'stranger',
    GROUP_ID_NOT_FOUND: 'stranger',
    INVALID_GROUP_ID: 'fail',
    UNKNOWN_MEMBER_ID: 'unknown',
    INVALID_SESSION_TIMEOUT: 'fail',
    REBALANCE_IN_PROGRESS: 'wait',
    GROUP_AUTHORIZATION_FAILED: 'fail',
    MEMBER_ID_REQUIRED: 'identify',
    GROUP_MAX_SIZE_REACHED: 'fail',
    FENCED_INSTANCE_ID: 'replaced',
    UNRELEASED_INSTANCE_ID: 'wait',
    UNSUPPORTED_VERSION: 'fail',
    UNKNOWN_SERVER_ERROR: 'fail',
  },
  sync: {
    NONE: 'done',
    COORDINATOR_LOAD_IN_PROGRESS: 'wait',
    COORDINATOR_NOT_AVAILABLE: 'find',
    NOT_COORDINATOR: 'find',
    ILLEGAL_GENERATION: 'outdated',
    INCONSISTENT_GROUP_PROTOCOL: 'stranger',
    UNKNOWN_MEMBER_ID: 'unknown',
    REBALANCE_IN_PROGRESS: 'rejoin',
    FENCED_INSTANCE_ID: 'replaced',
    GROUP_AUTHORIZATION_FAILED: 'fail',
    UNKNOWN_SERVER_ERROR: 'fail',
  },
  beat: {
    NONE: 'done',
    COORDINATOR_LOAD_IN_PROGRESS: 'wait',
    COORDINATOR_NOT_AVAILABLE: 'find',
    NOT_COORDINATOR: 'find',
    ILLEGAL_GENERATION: 'outdated',
    UNKNOWN_MEMBER_ID: 'unknown',
    REBALANCE_IN_PROGRESS: 'rejoin',
    FENCED_INSTANCE_ID: 'replaced',
    GROUP_AUTHORIZATION_FAILED: 'fail',
    UNKNOWN_SERVER_ERROR: 'fail',
  },
  commit: {
    NONE: 'done',
    COORDINATOR_LOAD_IN_PROGRESS: 'wait',
    COORDINATOR_NOT_AVAILABLE: 'find',
    NOT_COORDINATOR: 'find',
    NOT_LEADER_OR_FOLLOWER: 'find',
    REQUEST_TIMED_OUT: 'find',
    NOT_ENOUGH_REPLICAS: 'wait',
    UNKNOWN_TOPIC_OR_PARTITION: 'wait',
    ILLEGAL_GENERATION: 'outdated',
    UNKNOWN_MEMBER_ID: 'unknown',
    REBALANCE_IN_PROGRESS: 'settle',
    FENCED_INSTANCE_ID: 'replaced',
    OFFSET_METADATA_TOO_LARGE: 'fail',
    INVALID_COMMIT_OFFSET_SIZE: 'fail',
    TOPIC_AUTHORIZATION_FAILED: 'fail',
    GROUP_AUTHORIZATION_FAILED: 'fail',
    STALE_MEMBER_EPOCH: 'fail',
    UNKNOWN_SERVER_ERROR: 'fail',
  },
  leave: {
    NONE: 'done',
    COORDINATOR_LOAD_IN_PROGRESS: 'wait',
    COORDINATOR_NOT_AVAILABLE: 'find',
    NOT_COORDINATOR: 'find',
    UNKNOWN_MEMBER_ID: 'done',
    FENCED_INSTANCE_ID: 'done',
    GROUP_AUTHORIZATION_FAILED: 'fail',
  },
};
const rows = Object.entries(table).flatMap(([request, outcomes]) =>
  Object.entries(outcomes).map(([name, outcome]) => [request as GroupRequest, name as KafkaErrorName, outcome] as const),
); // prettier-ignore

describe('groupOutcome', () => {
  it.each(rows)('of %s answered with %s is known: %s', (request, name, outcome) => {
    expect(groupOutcome(request, errorCode(name))).toBe(outcome);
  });

  it('waits with what the broker itself calls passing, and ends with the rest, known or not', () => {
    for (const request of ['join', 'sync', 'beat', 'commit', 'leave'] as const)
      for (let code = -1; code < 300; code++) {
        const { name, retriable } = kafkaError(code);
        if (name in table[request]) continue;
        const outcome = groupOutcome(request, code);
        if (retriable) expect(['wait', 'find'], `${request} ${name}`).toContain(outcome);
        else if (outcome !== 'fail') expect(['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'ILLEGAL_GENERATION']).toContain(name);
      }
  });
});
