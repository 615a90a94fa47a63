/** How a topic is made where there is none. What is null is left to the broker's defaults. */
export interface TopicCreation {
  readonly partitions: number | null;
  /** On how many brokers each partition lies. */
  readonly replication: number | null;
  /** Settings of the topic by their names in Kafka, as text. */
  readonly config: Readonly<Record<string, string>>;
}

/** A topic that a sink appends to, and how its author wants it made; null where nothing is said of that. */
export interface TopicUse {
  readonly topic: string;
  readonly create: TopicCreation | null;
}
