/** A setting of a topic as the cluster has it; `value` is null where the broker keeps it to itself. */
export interface FoundSetting {
  readonly value: string | null;
  /** Whether the topic itself says so, and not a default of the cluster. */
  readonly isOwn: boolean;
}

/** A topic that was asked for: there, with what was asked of its settings; missing; or refused, with the right that is missing. */
export type FoundTopic =
  | {
      readonly state: 'there';
      readonly partitions: number;
      /** On how many brokers its partitions lie. */
      readonly replication: number;
      /** Whether every partition has a leader. */
      readonly isServed: boolean;
    }
  | { readonly state: 'missing' }
  | { readonly state: 'refused'; readonly right: string };

/** Settings of a topic by their names, or the right that is missing to see them. */
export type FoundSettings =
  | { readonly values: ReadonlyMap<string, FoundSetting>; readonly right: null }
  | { readonly values: null; readonly right: string };
