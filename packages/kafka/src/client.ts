import type { ConnectionOptions } from 'node:tls';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import type { KafkaLogger, KafkaLogOptions } from './log-options.ts';

const levels: Readonly<Record<number, Parameters<KafkaLogger>[0]>> = {
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
};

/** How often kafkajs itself tries again before it reports a failure: some seconds in all. */
const retry = { initialRetryTime: 100, maxRetryTime: 2000, retries: 8 };

/**
 * Makes a client of kafkajs. Each consumer, producer and admin takes one of its own: clients of one `Kafka` object share a table of
 * committed offsets, which a second consumer would empty.
 */
export function createClient({ brokers, clientId, tls, sasl, logger }: KafkaLogOptions): Kafka {
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5000,
    requestTimeout: 30_000,
    retry,
    logLevel: logger === undefined ? logLevel.NOTHING : logLevel.INFO,
    logCreator: () => (entry) => logger?.(levels[entry.level] ?? 'debug', entry.log.message, detailsOf(entry)),
  };
  if (tls !== undefined) config.ssl = { ...tls } as ConnectionOptions;
  if (sasl !== undefined) config.sasl = saslOf(sasl);
  return new Kafka(config);
}

function saslOf(sasl: NonNullable<KafkaLogOptions['sasl']>): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: (await sasl.token()).value }) };
}

function detailsOf({ namespace, log }: LogEntry): Record<string, unknown> {
  const details = Object.entries(log).filter(([name]) => name !== 'timestamp' && name !== 'message');
  return { namespace, ...Object.fromEntries(details) };
}
