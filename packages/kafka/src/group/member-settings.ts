/** The times of a member, in milliseconds, and what kind it is. */
export interface MemberSettings {
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly isStatic: boolean;
  /** Looks at the group before it joins, so that a member of another shape does not disturb it. */
  readonly looksFirst: boolean;
  readonly random: () => number;
}
