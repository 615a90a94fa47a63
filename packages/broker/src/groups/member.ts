/** A way of assigning partitions that a member supports, with what it says under it. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** The answer to a join: the error, or the generation that the member is in. */
export interface JoinAnswer {
  readonly errorCode: number;
  readonly memberId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  /** Empty except for the leader. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: Buffer;
  }[];
}

/** The answer to a sync. */
export interface SyncAnswer {
  readonly errorCode: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

/** A member of a classic group. */
export interface Member {
  id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly MemberProtocol[];
  assignment: Buffer;
  /** Answers the join that waits; null when none does. */
  awaitingJoin: ((answer: JoinAnswer) => void) | null;
  /** Answers the sync that waits; null when none does. */
  awaitingSync: ((answer: SyncAnswer) => void) | null;
  cancelSession: () => void;
}

/** Tells whether a member says the same as before. */
export function hasSameProtocols(member: Member, protocols: readonly MemberProtocol[]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every(({ name, metadata }, index) => {
      const other = protocols[index] as MemberProtocol;
      return name === other.name && metadata.equals(other.metadata);
    })
  );
}

/** Returns what a member says under a protocol. */
export function metadataOf({ protocols }: Member, protocol: string | null): Buffer {
  return protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
}
