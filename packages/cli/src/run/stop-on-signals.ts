import type { Logger } from 'pino';
import type { RunningTopology } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { describeError } from '../report-error.ts';
import type { Onlooker } from './onlooker.ts';

/** Drains at the first signal; a second SIGINT ends the process at once. What is thrown outside any node ends the run as failed. */
export function stopOnSignals(
  running: RunningTopology,
  logger: Logger,
  drainTimeoutMs: number,
  onlooker: Onlooker | null,
): void {
  let interrupts = 0;
  const drain = (signal: string): void => {
    logger.info({ signal, drainTimeoutMs }, `${signal}: finishing what was taken`);
    onlooker?.stopping();
    void running.drain();
  };
  process.on('SIGTERM', () => drain('SIGTERM'));
  process.on('SIGINT', () => {
    interrupts++;
    if (interrupts > 1) process.exit(exitCodes.interruptedTwice);
    drain('SIGINT');
  });
  const fatal = (error: unknown): void => {
    logger.fatal(describeError(error));
    process.exit(exitCodes.failed);
  };
  process.on('unhandledRejection', fatal);
  process.on('uncaughtException', fatal);
}
