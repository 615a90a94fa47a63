interface Exception {
  /** Of the path of the file and the name of the test. */
  readonly matches: RegExp;
  readonly why: string;
}

const exceptions: readonly Exception[] = [
  {
    matches: /SASL|SaslAuthenticate|SSL|PLAIN is configured|mechanism isn't supported/,
    why: 'the broker has no TLS and no logins',
  },
  { matches: /[aA]cls?\b|Acls\.spec/, why: 'the broker has no access lists' },
  { matches: /PartitionReassignments/, why: 'the broker has no replicas to move' },
  { matches: /alter broker configs/, why: 'brokers have no configuration that can be changed' },
  {
    matches:
      /brokerPool\.spec|findBroker\.spec|[cC]oordinator\.spec|idempotentProduceMessages|manual replica assignment|default replication/,
    why: 'the test names the nodes 0, 1 and 2; ours are 1, 2 and 3',
  },
  { matches: /ListOffsets v0/, why: 'Kafka 4 has no ListOffsets 0' },
  { matches: /max timestamp difference/, why: 'Kafka 4 has no message.timestamp.difference.max.ms' },
  {
    matches: /OffsetCommit request|OffsetFetch request|recovers from offset out of range/,
    why: 'the test joins with a rebalance timeout of 0, so that the member may be gone at once (OffsetCommit was seen to fail on Apache Kafka 4.3.1 too)',
  },
  { matches: /describeConfigs/, why: 'the test expects the defaults of Kafka 2; retention.ms is -1 here' },
  {
    matches: /emits the request timeout event/,
    why: 'the test expects that no answer comes within its timeout; ours come sooner',
  },
  {
    matches: /ignores invalid transaction fields|rejects the promise with all partition errors/,
    why: 'fails on Apache Kafka 4.3.1 as well',
  },
  { matches: /rebalanceOnPartitionChange/, why: 'the test adds partitions through Docker' },
];

/** Returns why a test of kafkajs cannot pass on the embedded broker, or null. */
export function reasonOf(file: string, test: string): string | null {
  return exceptions.find(({ matches }) => matches.test(`${file} ${test}`))?.why ?? null;
}
