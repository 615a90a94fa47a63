/** A listener beside the one without security; its port must be free. */
export interface ExtraListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
}

/** What differs between brokers. */
export interface BrokerSettings {
  readonly logDirectory: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly listeners?: readonly ExtraListener[];
  /** Default: `nodeId`. */
  readonly node?: number;
  /** Who may lead the metadata, as `1@127.0.0.1:9093,…`. Default: this node alone. */
  readonly voters?: string;
  /** Replicas of each partition, of Kafka's own topics too, all but one of which must hold a record. Default: 1. */
  readonly replicas?: number;
  /** Properties of Kafka that replace or join those below. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The number of the only node of a broker, and of the first of a cluster. */
export const nodeId = 1;

/** Writes the properties file of a node that is broker and controller, tuned for tests that are short and do not wait. */
export function brokerProperties({
  logDirectory,
  port,
  controllerPort,
  listeners = [],
  node = nodeId,
  voters = `${node}@127.0.0.1:${controllerPort}`,
  replicas = 1,
  overrides,
}: BrokerSettings): string {
  const extra = listeners.map((listener) => `,${listener.name}://127.0.0.1:${listener.port}`).join('');
  const inSync = Math.max(1, replicas - 1);
  const protocols = listeners.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': `${node}`,
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${extra}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${extra}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${protocols}`,
    'log.dirs': logDirectory,
    'default.replication.factor': `${replicas}`,
    'min.insync.replicas': `${inSync}`,
    'offsets.topic.replication.factor': `${replicas}`,
    'transaction.state.log.replication.factor': `${replicas}`,
    'transaction.state.log.min.isr': `${inSync}`,
    'share.coordinator.state.topic.replication.factor': `${replicas}`,
    'share.coordinator.state.topic.min.isr': `${inSync}`,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    // A misspelt topic must fail instead of coming into being.
    'auto.create.topics.enable': 'false',
    // Test records carry event times of the past: nothing may expire.
    'log.retention.ms': '-1',
    // Nobody waits for members that will not come, and a dead one is noticed soon.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // After a kill the same node may register again only when its old session has ended.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    // Small.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '16777216',
    ...overrides,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}
