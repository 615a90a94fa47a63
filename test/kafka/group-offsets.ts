import { partitionRanges, withAdmin } from './topics.ts';

/** The position that a group has committed for a partition. */
export interface CommittedOffset {
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/** What Kafka says about a group. */
export interface GroupState {
  /** `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable` or `Dead`, which also means that it never was. */
  readonly state: string;
  readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
}

/** Returns what a group has committed for a topic, by partition; partitions without a commit are left out. */
export async function committedOffsets(bootstrap: string, group: string, topic: string): Promise<CommittedOffset[]> {
  return withAdmin(bootstrap, async (admin) => {
    const answers = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return answers
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, offset, metadata }) => ({ partition, offset: Number(offset), metadata: metadata ?? '' }))
      .filter(({ offset }) => offset >= 0)
      .sort((a, b) => a.partition - b.partition);
  });
}

/** Counts the offsets between what a group has committed, or the start, and the end of a topic. Markers of transactions count. */
export async function groupLag(bootstrap: string, group: string, topic: string): Promise<number> {
  const committed = new Map((await committedOffsets(bootstrap, group, topic)).map((at) => [at.partition, at.offset]));
  const ranges = await partitionRanges(bootstrap, topic);
  return ranges.reduce((lag, { partition, start, end }) => lag + end - (committed.get(partition) ?? start), 0);
}

/** Returns the state and the members of a group. */
export async function groupState(bootstrap: string, group: string): Promise<GroupState> {
  return withAdmin(bootstrap, async (admin) => {
    const { groups } = await admin.describeGroups([group]);
    const described = groups[0];
    if (described === undefined) throw new Error(`Kafka does not describe group "${group}".`);
    return {
      state: described.state,
      members: described.members.map(({ memberId, clientId }) => ({ memberId, clientId })),
    };
  });
}
