/** How a broker behaves; what may be left out when it is made has Kafka's default unless said otherwise. */
export interface BrokerSettings {
  /** The number of nodes that it plays. Default: 1. */
  readonly nodes: number;
  /** The finalized level of `transaction.version`. Default: 2. */
  readonly transactionVersion: 0 | 1 | 2;
  /** Makes topics that a client asks for. Default: false, so that a misspelt name fails. */
  readonly autoCreateTopics: boolean;
  /** The partitions of a topic for which nobody says a number. Default: 1. */
  readonly defaultPartitions: number;
  /** What replaces Kafka's defaults of the configuration of topics. Default: `retention.ms` is -1, since samples have times of the past. */
  readonly topicDefaults: ReadonlyMap<string, string>;
  /** The longest request that is read; bytes. Default: 104,857,600. */
  readonly maxRequestBytes: number;
  /** How long a new group waits for more members. Default: 0; Kafka's own is 3,000. */
  readonly groupInitialRebalanceDelayMs: number;
  /** Bounds of a member's session timeout. Default: 1,000 (Kafka's own is 6,000) and 1,800,000. */
  readonly groupMinSessionTimeoutMs: number;
  readonly groupMaxSessionTimeoutMs: number;
  /** The longest transaction that a producer may ask for. Default: 900,000. */
  readonly transactionMaxTimeoutMs: number;
  /** How long positions of groups are kept that nobody uses. Default: 604,800,000, which is 7 days. */
  readonly offsetsRetentionMs: number;
  /** How long a group is kept that has neither members nor positions. Default: 600,000, after which Kafka looks for them. */
  readonly emptyGroupRetentionMs: number;
  /** How long a transactional id is kept that nobody uses. Default: 604,800,000. */
  readonly transactionalIdExpirationMs: number;
  /** How long a partition remembers a producer that writes nothing to it. Default: 86,400,000. */
  readonly producerIdExpirationMs: number;
}

/** Kafka's defaults, with what makes tests short. */
export const defaultSettings: BrokerSettings = {
  nodes: 1,
  transactionVersion: 2,
  autoCreateTopics: false,
  defaultPartitions: 1,
  topicDefaults: new Map([['retention.ms', '-1']]),
  maxRequestBytes: 104_857_600,
  groupInitialRebalanceDelayMs: 0,
  groupMinSessionTimeoutMs: 1000,
  groupMaxSessionTimeoutMs: 1_800_000,
  transactionMaxTimeoutMs: 900_000,
  offsetsRetentionMs: 604_800_000,
  emptyGroupRetentionMs: 600_000,
  transactionalIdExpirationMs: 604_800_000,
  producerIdExpirationMs: 86_400_000,
};
