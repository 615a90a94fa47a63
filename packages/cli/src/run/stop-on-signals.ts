import type { Logger } from 'pino';
import { HeadraceError, type RunningTopology, type TopologyGraph } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { leaveToRun } from '../guard-process.ts';
import { authorFrame } from '../modules/author-frame.ts';
import { describeError } from '../report-error.ts';
import { nodesThatUse } from './nodes-that-use.ts';
import type { Onlooker } from './onlooker.ts';

/** Drains at the first signal; a second SIGINT ends the process at once. What is thrown outside any node ends the run as failed. */
export function stopOnSignals(
  running: RunningTopology,
  logger: Logger,
  graph: TopologyGraph,
  onlooker: Onlooker | null,
): void {
  const { drainTimeoutMs } = graph.run;
  let interrupts = 0;
  leaveToRun();
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
    logger.fatal(describeError(outsideOfRecords(error, graph)));
    process.exit(exitCodes.failed);
  };
  process.on('unhandledRejection', fatal);
  process.on('uncaughtException', fatal);
}

/** Says whose error it is, as far as its trace tells: a function may start what throws after it has returned. */
function outsideOfRecords(thrown: unknown, graph: TopologyGraph): unknown {
  if (thrown instanceof HeadraceError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const nodes = nodesThatUse(error, graph);
  const frame = authorFrame(error, graph.directory);
  const topology = `topology "${graph.name}"`;
  const who =
    nodes.length === 0 ? (frame === null ? null : topology) : `node ${nodes.map((id) => `"${id}"`).join(' or ')}`;
  const subject = who === null ? `Something that runs with ${topology}` : `Something that ${who} started`;
  const where = frame === null ? '' : `, at ${frame}`;
  const what = thrown instanceof Error ? `${error.name}: ${error.message}` : error.message;
  const [node] = nodes.length === 1 ? nodes : [];
  return new HeadraceError('THROWN_OUTSIDE', `${subject} threw outside of any record${where}: ${what}`, {
    ...(node !== undefined && { place: { node } }),
    cause: error,
  });
}
