/** The types of configuration values, by the numbers of DescribeConfigs. */
export const configTypes = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const;

/** Describes an entry of a topic's configuration. */
export interface ConfigDefinition {
  readonly type: keyof typeof configTypes;
  readonly default: string;
  /** The only values of a string or a list. */
  readonly values?: readonly string[];
  /** The least value of a number. */
  readonly least?: number;
}

const long = '9223372036854775807';

/** The configuration of topics, with the defaults of Apache Kafka 4.3. Most entries are kept and told only. */
export const topicConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  Object.entries({
    'cleanup.policy': { type: 'list', default: 'delete', values: ['delete', 'compact'] },
    'compression.gzip.level': { type: 'int', default: '-1', least: -1 },
    'compression.lz4.level': { type: 'int', default: '9', least: 1 },
    'compression.type': {
      type: 'string',
      default: 'producer',
      values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    },
    'compression.zstd.level': { type: 'int', default: '3' },
    'delete.retention.ms': { type: 'long', default: '86400000', least: 0 },
    'file.delete.delay.ms': { type: 'long', default: '60000', least: 0 },
    'flush.messages': { type: 'long', default: long, least: 1 },
    'flush.ms': { type: 'long', default: long, least: 0 },
    'follower.replication.throttled.replicas': { type: 'list', default: '' },
    'index.interval.bytes': { type: 'int', default: '4096', least: 0 },
    'leader.replication.throttled.replicas': { type: 'list', default: '' },
    'local.retention.bytes': { type: 'long', default: '-2', least: -2 },
    'local.retention.ms': { type: 'long', default: '-2', least: -2 },
    'max.compaction.lag.ms': { type: 'long', default: long, least: 1 },
    'max.message.bytes': { type: 'int', default: '1048588', least: 0 },
    'message.timestamp.after.max.ms': { type: 'long', default: '3600000', least: 0 },
    'message.timestamp.before.max.ms': { type: 'long', default: long, least: 0 },
    'message.timestamp.type': { type: 'string', default: 'CreateTime', values: ['CreateTime', 'LogAppendTime'] },
    'min.cleanable.dirty.ratio': { type: 'double', default: '0.5', least: 0 },
    'min.compaction.lag.ms': { type: 'long', default: '0', least: 0 },
    'min.insync.replicas': { type: 'int', default: '1', least: 1 },
    preallocate: { type: 'boolean', default: 'false' },
    'remote.log.copy.disable': { type: 'boolean', default: 'false' },
    'remote.log.delete.on.disable': { type: 'boolean', default: 'false' },
    'remote.storage.enable': { type: 'boolean', default: 'false' },
    'retention.bytes': { type: 'long', default: '-1' },
    'retention.ms': { type: 'long', default: '604800000', least: -1 },
    'segment.bytes': { type: 'int', default: '1073741824', least: 1048576 },
    'segment.index.bytes': { type: 'int', default: '10485760', least: 4 },
    'segment.jitter.ms': { type: 'long', default: '0', least: 0 },
    'segment.ms': { type: 'long', default: '604800000', least: 1 },
    'unclean.leader.election.enable': { type: 'boolean', default: 'false' },
  } satisfies Record<string, ConfigDefinition>),
);
