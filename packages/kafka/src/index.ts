export { createKafkaLog } from './log.ts';
export { compressions } from './compression/compressions.ts';
export { defaultTuning } from './log-options.ts';
export type { KafkaLogger, KafkaLogOptions, KafkaTuning } from './log-options.ts';
export { readTlsFiles, type WrittenTls } from './read-tls-files.ts';
export { tlsFromFiles } from './tls-from-files.ts';
export { loginOf } from './network/sasl/login-of.ts';
export type { OAuthContext } from './network/sasl/oauth-tokens.ts';
export type { SaslOptions } from './network/sasl/sasl-options.ts';
export type { TlsOptions } from './network/tls-options.ts';
export { murmur2, partitionOf } from './murmur2.ts';
export { KafkaAdmin, type KafkaAdminOptions } from './admin/kafka-admin.ts';
export type { FoundGroup, FoundMember } from './admin/group-administration.ts';
export type { FoundSetting, FoundSettings, FoundTopic } from './admin/found-topic.ts';
export type { MadeTopic } from './admin/topic-administration.ts';
export { clusterNeeds, isOwnTopic, usesOf } from './needs/cluster-needs.ts';
export type { ClusterNeeds, NeededSubject, NeededTopic } from './needs/cluster-needs.ts';
export { compareTopic } from './needs/compare-topic.ts';
export type { Difference, TopicState } from './needs/compare-topic.ts';
export { neededRights } from './needs/needed-rights.ts';
export type { NeededRight, RightPurpose } from './needs/needed-rights.ts';
export { formatRights, rightsCommands, type RightsCommand } from './needs/format-rights.ts';
export { parseStart } from './start-at.ts';
export { isFine } from './needs/cluster-report.ts';
export type {
  ClusterReport,
  GroupReport,
  PatternReport,
  ReportItem,
  SubjectReport,
  TopicReport,
} from './needs/cluster-report.ts';
export { lookAtCluster, type ClusterView, type OpenSchemas } from './needs/look-at-cluster.ts';
export { registerSubject } from './needs/look-at-subjects.ts';
export { describeCreation, describeDifference, formatReport } from './needs/format-report.ts';
