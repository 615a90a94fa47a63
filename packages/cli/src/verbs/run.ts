import path from 'node:path';
import { loadEnvFile } from 'node:process';
import type { Logger } from 'pino';
import {
  formatFinding,
  HeadraceError,
  loadFunctions,
  planTopology,
  startTopology,
  systemClock,
  type Log,
  type RunningTopology,
  type TopologyGraph,
} from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { createLogger, logTelemetry } from '../logging.ts';
import { typescriptLoader } from '../modules/typescript-loader.ts';
import type { RunOptions } from '../options.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { describeError, reportError } from '../report-error.ts';

/** Runs a topology until it ends; returns the exit code. */
export async function runTopology(file: string, options: RunOptions): Promise<number> {
  try {
    if (options.envFile !== undefined) readVariables(options.envFile);
    const brokers = options.brokers?.split(',').map((broker) => broker.trim());
    const registry = commandRegistry();
    const { graph, findings } = await readTopology(file, registry, {
      purpose: 'run',
      ...(options.set === undefined ? {} : { set: options.set }),
      ...(brokers === undefined ? {} : { brokers }),
    });
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    const logger = await createLogger(options.logLevel);
    logTelemetry(logger);
    const files = await loadFunctions(graph.functions, graph.directory, typescriptLoader);
    if (files.length > 0) logger.info({ files }, 'functions are loaded');
    const running = startTopology({
      plan: planTopology(graph),
      registry,
      clock: systemClock,
      stateDirectory: path.resolve(graph.run.stateDirectory),
      openLog: () => openKafka(graph, brokers ?? graph.cluster?.brokers ?? [], logger),
      ...(options.from === undefined ? {} : { from: options.from }),
    });
    stopOnSignals(running, logger);
    return await ended(running, graph, logger);
  } catch (error) {
    return reportError(error);
  }
}

function readVariables(file: string): void {
  try {
    loadEnvFile(file);
  } catch (cause) {
    throw new HeadraceError('FILE_NOT_FOUND', `The file of variables "${file}" cannot be read.`, {
      place: { file },
      cause,
    });
  }
}

async function openKafka(graph: TopologyGraph, brokers: readonly string[], logger: Logger): Promise<Log> {
  const { createKafkaLog } = await import('@headrace/kafka');
  const { tls, sasl } = graph.cluster ?? {};
  return createKafkaLog({
    brokers,
    clientId: graph.name,
    group: graph.group,
    clock: systemClock,
    // What the client calls information is a detail to whoever runs a topology.
    logger: (level, message, details) => logger[level === 'info' ? 'debug' : level](details, message),
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}

/** Drains at the first signal; a second SIGINT ends the process at once. What is thrown outside any node ends the run as failed. */
function stopOnSignals(running: RunningTopology, logger: Logger): void {
  let interrupts = 0;
  process.on('SIGTERM', () => void running.drain());
  process.on('SIGINT', () => {
    interrupts++;
    if (interrupts > 1) process.exit(exitCodes.interruptedTwice);
    void running.drain();
  });
  const fatal = (error: unknown): void => {
    logger.fatal(describeError(error));
    process.exit(exitCodes.failed);
  };
  process.on('unhandledRejection', fatal);
  process.on('uncaughtException', fatal);
}

async function ended(running: RunningTopology, graph: TopologyGraph, logger: Logger): Promise<number> {
  const result = await running.finished;
  const nodes = running.counters.snapshot();
  const sum = (kind: string, port: string): number =>
    [...graph.nodes.values()]
      .filter((node) => node.kind === kind)
      .reduce((total, node) => total + (nodes[node.id]?.[port] ?? 0), 0);
  const summary = `${graph.name}: ${String(sum('source', 'in'))} records read, ${String(sum('sink', 'delivered'))} delivered`;
  if (result.error !== null) {
    logger.error({ nodes }, `${summary}. ${describeError(result.error)}`);
    return exitCodes.failed;
  }
  logger.info({ nodes }, summary);
  return exitCodes.done;
}
