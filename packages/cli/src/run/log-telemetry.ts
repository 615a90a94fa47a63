import { subscribe } from 'node:diagnostics_channel';
import type { Logger } from 'pino';
import { telemetryChannels, type TelemetryEvents } from '@headrace/core';

const failedStartsToReport = 3;

/** Logs what the runtime publishes. */
export function logTelemetry(logger: Logger): void {
  const write: { [N in keyof TelemetryEvents]: (event: TelemetryEvents[N]) => void } = {
    'headrace:topology:changed': (event) => logger.info(event, `topology ${event.state}`),
    'headrace:task:started': (event) => {
      logger.debug(event, 'task started');
      if (event.failedStarts >= failedStartsToReport)
        logger.warn(event, `the last ${String(event.failedStarts)} starts failed at this position`);
    },
    'headrace:task:stopped': (event) => logger.debug(event, 'task stopped'),
    'headrace:epoch:committed': (event) => logger.debug(event, 'epoch committed'),
    'headrace:commit:failed': (event) => logger.warn(event, 'commit failed'),
    'headrace:sink:refused': (event) => logger.warn(event, 'a sink that is not required cannot begin'),
    'headrace:schemas:awaited': (event) => logger.warn(event, 'a split waits for the schema registry'),
    'headrace:delivery:retried': (event) => logger.warn(event, 'delivery is tried again'),
    'headrace:record:failed': (event) => logger.debug(event, 'record failed'),
    'headrace:record:peeked': ({ level, record, ...event }) =>
      logger[level]({ ...event, record: loggable(record) }, 'record'),
    'headrace:turn:held': (event) =>
      logger.warn(event, `${event.node === null ? 'a step' : `node "${event.node}"`} held the process for too long`),
  };
  for (const name of telemetryChannels) subscribe(name, (event) => (write[name] as (event: unknown) => void)(event));
}

// The log is JSON, which has neither whole numbers beyond 2^53 nor bytes.
function loggable(record: unknown): unknown {
  const text = JSON.stringify(record, (_name, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
  });
  return JSON.parse(text) as unknown;
}
