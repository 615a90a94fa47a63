import { assignTasks, type AssignmentRequest } from './assign-tasks.ts';
import { writeMemberAssignment } from './member-assignment.ts';
import { topicsDigest } from './topics-digest.ts';
import { readMemberMetadata, type MemberMetadata } from './member-metadata.ts';

/** A member as the answer to the leader's JoinGroup describes it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly metadata: Uint8Array;
}

/** What the leader sends to the members of its generation, and what it noticed. */
export interface GenerationPlan {
  /** The bytes for each member, by its id. */
  readonly assignments: ReadonlyMap<string, Buffer>;
  readonly moving: boolean;
  /** Members of another shape, or whose metadata cannot be read: they get nothing. */
  readonly refused: readonly string[];
  /** How many contents of topologies there are among those that work. */
  readonly contents: number;
}

/** Returns the topics that members read, so that their partitions can be counted. */
export function topicsOf(members: readonly JoinedMember[]): string[] {
  return [...new Set(members.flatMap(({ metadata }) => readMemberMetadata(metadata)?.topics ?? []))].sort();
}

/** Plans a generation: tells who is in, assigns the tasks, and writes it down. */
export function planGeneration(
  members: readonly JoinedMember[],
  { partitions, coPartitioned }: Omit<AssignmentRequest, 'members'>,
): GenerationPlan {
  const known = members.map((member) => ({ member, id: idOf(member), metadata: readMemberMetadata(member.metadata) }));
  const shape = shapeOf(known.flatMap(({ metadata }) => metadata ?? []));
  const isIn = (metadata: MemberMetadata | null): boolean =>
    metadata !== null && (metadata.topology?.shape ?? null) === shape;
  const { assigned, moving } = assignTasks({
    // What a refused member still owns must not go to anybody before it has given it back; it reads nothing.
    members: known.flatMap(({ id, metadata }) =>
      metadata === null ? [] : [{ id, topics: new Set(isIn(metadata) ? metadata.topics : []), owned: metadata.owned }],
    ),
    partitions,
    coPartitioned,
  });
  const contents = new Set(known.flatMap(({ metadata }) => (isIn(metadata) ? metadata?.topology?.content : []) ?? []));
  return {
    assignments: new Map(
      known.map(({ member, id, metadata }) => [
        member.memberId,
        writeMemberAssignment({
          partitions: assigned.get(id) ?? [],
          moving,
          refusedBy: isIn(metadata) ? null : (shape ?? ''),
          topics: topicsDigest(partitions),
        }),
      ]),
    ),
    moving,
    refused: known.filter(({ metadata }) => !isIn(metadata)).map(({ member }) => member.memberId),
    contents: contents.size,
  };
}

/** Static members keep their place in the order when they come back under another id. */
function idOf({ memberId, groupInstanceId }: JoinedMember): string {
  return groupInstanceId === null ? `member ${memberId}` : `instance ${groupInstanceId}`;
}

/** Returns the shape that the group runs: that of the members which own most; where nobody owns anything, that of most members. */
function shapeOf(members: readonly MemberMetadata[]): string | null {
  const weights = new Map<string | null, { owned: number; members: number }>();
  for (const { topology, owned } of members) {
    const shape = topology?.shape ?? null;
    const before = weights.get(shape) ?? { owned: 0, members: 0 };
    weights.set(shape, { owned: before.owned + owned.length, members: before.members + 1 });
  }
  const [first] = [...weights].sort(
    ([a, x], [b, y]) => y.owned - x.owned || y.members - x.members || ((a ?? '') < (b ?? '') ? -1 : 1),
  );
  return first?.[0] ?? null;
}
