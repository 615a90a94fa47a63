import { kafkaError, type KafkaErrorName } from '@headrace/protocol';

/**
 * What an answer of a group's coordinator asks for.
 *
 * - `done`: it did what it was asked.
 * - `identify`: join again under the id that the answer gave.
 * - `rejoin`: the group is being joined anew; what is owned stays.
 * - `settle`: a commit came between two generations: try again when the next one is there.
 * - `outdated`: the generation is gone, and with it all that was owned; the member is still known.
 * - `unknown`: the member is gone as well.
 * - `replaced`: another process joined under the same instance id; there is no way back.
 * - `wait`: the coordinator is busy; ask it again later.
 * - `find`: it is not the coordinator any more, or does not answer; find out who is.
 * - `stranger`: the group speaks another protocol than ours.
 * - `fail`: waiting cannot help.
 */
export type GroupOutcome =
  | 'done'
  | 'identify'
  | 'rejoin'
  | 'settle'
  | 'outdated'
  | 'unknown'
  | 'replaced'
  | 'wait'
  | 'find'
  | 'stranger'
  | 'fail';

/** The requests of a member that a coordinator answers. */
export type GroupRequest = 'join' | 'sync' | 'beat' | 'commit' | 'leave';

type Outcomes = Readonly<Partial<Record<KafkaErrorName, GroupOutcome>>>;

const common: Outcomes = {
  NONE: 'done',
  COORDINATOR_LOAD_IN_PROGRESS: 'wait',
  COORDINATOR_NOT_AVAILABLE: 'find',
  NOT_COORDINATOR: 'find',
  REQUEST_TIMED_OUT: 'find',
  UNKNOWN_MEMBER_ID: 'unknown',
  FENCED_INSTANCE_ID: 'replaced',
  ILLEGAL_GENERATION: 'outdated',
};

const outcomes: Readonly<Record<GroupRequest, Outcomes>> = {
  join: {
    ...common,
    MEMBER_ID_REQUIRED: 'identify',
    REBALANCE_IN_PROGRESS: 'wait',
    // A member of the newer protocol under the same instance id has not left yet.
    UNRELEASED_INSTANCE_ID: 'wait',
    INCONSISTENT_GROUP_PROTOCOL: 'stranger',
    // A group of the newer protocol (KIP-848) is none for the classic one.
    GROUP_ID_NOT_FOUND: 'stranger',
  },
  sync: { ...common, REBALANCE_IN_PROGRESS: 'rejoin', INCONSISTENT_GROUP_PROTOCOL: 'stranger' },
  beat: { ...common, REBALANCE_IN_PROGRESS: 'rejoin' },
  commit: {
    ...common,
    REBALANCE_IN_PROGRESS: 'settle',
    // Metadata that a broker has not heard of yet; whoever commits to a topic that is gone hears of it when time is up.
    UNKNOWN_TOPIC_OR_PARTITION: 'wait',
    // Offsets of a group may not be stored while a replica of its log is away.
    NOT_ENOUGH_REPLICAS: 'wait',
    NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'wait',
    NOT_LEADER_OR_FOLLOWER: 'find',
  },
  // Who wants to go is content with being gone.
  leave: { ...common, UNKNOWN_MEMBER_ID: 'done', FENCED_INSTANCE_ID: 'done', ILLEGAL_GENERATION: 'done' },
};

/** Says what the error code in an answer means for a member. What the broker calls passing is asked again; the rest is final. */
export function groupOutcome(request: GroupRequest, code: number): GroupOutcome {
  const { name, retriable } = kafkaError(code);
  return outcomes[request][name] ?? (retriable ? 'wait' : 'fail');
}
