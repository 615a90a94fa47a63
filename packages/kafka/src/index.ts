export { createKafkaLog } from './log.ts';
export { defaultTuning } from './log-options.ts';
export type { KafkaLogger, KafkaLogOptions, KafkaTuning } from './log-options.ts';
export { readTlsFiles, type WrittenTls } from './read-tls-files.ts';
export type { SaslOptions } from './network/sasl/sasl-options.ts';
export type { TlsOptions } from './network/tls-options.ts';
export { murmur2, partitionOf } from './murmur2.ts';
export type {
  GroupIdentity,
  GroupMember,
  GroupMemberOptions,
  Subscription,
  TopologyHashes,
} from './group/group-member.ts';
