import type { HeadraceError, TopicPartition } from '@headrace/core';
import type { MemberAssignment } from './member-assignment.ts';
import type { JoinedMember } from './plan-generation.ts';

/** What a member wants done. Requests carry a number, by which their answers are known. */
export type MemberEffect =
  | { readonly kind: 'find' }
  /** Ask whether the group has members of another shape. */
  | { readonly kind: 'look' }
  | {
      readonly kind: 'join';
      readonly attempt: number;
      readonly node: number;
      readonly memberId: string;
      readonly owned: readonly TopicPartition[];
      readonly generation: number;
    }
  /** Nobody waits any more for what was asked in the role of joining. */
  | { readonly kind: 'cancel' }
  | {
      readonly kind: 'plan';
      readonly attempt: number;
      readonly members: readonly JoinedMember[];
      readonly skip: boolean;
    }
  | {
      readonly kind: 'sync';
      readonly attempt: number;
      readonly node: number;
      readonly memberId: string;
      readonly generation: number;
      readonly assignments: ReadonlyMap<string, Buffer>;
    }
  | {
      readonly kind: 'beat';
      readonly attempt: number;
      readonly node: number;
      readonly memberId: string;
      readonly generation: number;
    }
  | { readonly kind: 'leave'; readonly memberId: string; readonly why: string }
  | { readonly kind: 'assigned'; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'revoke'; readonly round: number; readonly partitions: readonly TopicPartition[] }
  /** Time is up for what is given back. */
  | { readonly kind: 'hurry' }
  | { readonly kind: 'lost'; readonly partitions: readonly TopicPartition[]; readonly why: string }
  | { readonly kind: 'refused'; readonly shape: string }
  | { readonly kind: 'failed'; readonly error: HeadraceError };

/** What a member hears after its JoinGroup. */
export interface JoinAnswer {
  readonly errorCode: number;
  readonly generationId: number;
  readonly memberId: string;
  readonly leader: string;
  readonly skipAssignment?: boolean;
  readonly members: readonly JoinedMember[];
}

/** What a member hears after its SyncGroup; the assignment is null with an error. */
export interface SyncAnswer {
  readonly errorCode: number;
  readonly assignment: MemberAssignment | null;
}

/** What a look at the group from outside shows: nobody of another shape, or the shape that runs, or nothing for certain. */
export type LookResult = 'free' | 'unclear' | { readonly shape: string };
