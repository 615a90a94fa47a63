import { Kafka, logLevel } from 'kafkajs';

/** Returns a kafkajs client of one node or of several, separated by commas: code that shares nothing with ours, to prepare topics and to judge what we wrote. */
export function foreignClient(bootstrap: string): Kafka {
  return new Kafka({ clientId: 'headrace-test', brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
}
