export { createKafkaLog } from './log.ts';
export { defaultTuning } from './log-options.ts';
export type { KafkaLogger, KafkaLogOptions, KafkaTuning } from './log-options.ts';
export { murmur2, partitionOf } from './murmur2.ts';
