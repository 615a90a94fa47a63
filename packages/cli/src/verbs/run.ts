import { performance } from 'node:perf_hooks';
import { pino, type Logger } from 'pino';
import {
  formatFinding,
  loadFunctions,
  planTopology,
  requireEnds,
  startTopology,
  systemClock,
  TurnMarks,
  type Registry,
  type RunningTopology,
  type TopologyGraph,
  type TopologyPlan,
} from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { typescriptLoader } from '../modules/typescript-loader.ts';
import { Liveness } from '../monitoring/liveness.ts';
import { defaultMonitorAddress, parseMonitorAddress, type MonitorAddress } from '../monitoring/monitor-address.ts';
import { monitorRun } from '../monitoring/monitor-run.ts';
import type { RunOptions } from '../options.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { readVariables } from '../read-variables.ts';
import { describeError, reportError } from '../report-error.ts';
import { createLogger, isJson } from '../run/create-logger.ts';
import { describeRun } from '../run/describe-run.ts';
import { logTelemetry } from '../run/log-telemetry.ts';
import { startOnlooker, type Onlooker } from '../run/onlooker.ts';
import { openKafka } from '../run/open-kafka.ts';
import { openSchemas } from '../run/open-schemas.ts';
import { showProgress } from '../run/show-progress.ts';
import { scopeOf } from '../run/run-scope.ts';
import { redactorOf } from '../secrets.ts';
import { StatusLine } from '../run/status-line.ts';
import { stopOnSignals } from '../run/stop-on-signals.ts';
import { hasReadNothing, summarize } from '../run/summary.ts';

/** What was checked and is about to run. */
interface Prepared {
  readonly graph: TopologyGraph;
  readonly plan: TopologyPlan;
  readonly registry: Registry;
  readonly brokers: readonly string[];
  readonly monitor: MonitorAddress | null;
}

/** Runs a topology until it ends; returns the exit code. */
export async function runTopology(file: string, options: RunOptions): Promise<number> {
  let prepared: Prepared | null;
  try {
    prepared = await prepare(file, options);
  } catch (error) {
    return reportError(error);
  }
  if (prepared === null) return exitCodes.wrongInput;
  const redact = redactorOf(prepared.graph);
  try {
    if (options.dryRun === true) {
      const outline = { ...prepared, scope: scopeOf(prepared.graph, options) };
      process.stdout.write(`${redact(describeRun(outline))}\n`);
      return exitCodes.done;
    }
    return await run(prepared, options, redact);
  } catch (error) {
    return reportError(error, redact);
  }
}

/** Checks everything that can be known before the run; null where the topology has errors, which are printed. */
async function prepare(file: string, options: RunOptions): Promise<Prepared | null> {
  if (options.envFile !== undefined) readVariables(options.envFile);
  const { metricsAddress: written } = options;
  const monitor = written === undefined ? defaultMonitorAddress : parseMonitorAddress(written);
  const brokers = options.brokers?.split(',').map((broker) => broker.trim());
  const registry = commandRegistry();
  const { graph, findings } = await readTopology(file, registry, {
    purpose: 'run',
    ...(options.set === undefined ? {} : { set: options.set }),
    ...(brokers === undefined ? {} : { brokers }),
  });
  for (const finding of findings)
    if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
  if (graph === null) return null;
  const plan = planTopology(graph);
  if (options.bounded === true || options.untilEnd === true) requireEnds(plan);
  return { graph, plan, registry, monitor, brokers: brokers ?? graph.cluster?.brokers ?? [] };
}

async function run(
  { graph, plan, registry, brokers, monitor }: Prepared,
  options: RunOptions,
  redact: (text: string) => string,
): Promise<number> {
  const isTerminal = process.stderr.isTTY;
  const out = pino.destination({ dest: 2, sync: true });
  const status = new StatusLine({ write: (text) => void out.write(redact(text)) });
  const logger = await createLogger({
    level: options.logLevel,
    format: options.logFormat,
    destination: status,
    isTerminal,
  });
  logTelemetry(logger);
  let running: RunningTopology | null = null;
  const server = monitor === null ? null : await monitorRun(monitor, graph, () => running?.observe() ?? null);
  if (server !== null) logger.info({ url: server.url }, `health and metrics at ${server.url}`);
  // Only what authors wrote can keep the process for itself.
  const marks = graph.functions.length === 0 ? null : new TurnMarks([...graph.nodes.keys()]);
  const onlooker = marks === null ? null : onlookerOf(marks, graph, options, isTerminal);
  const files = await loadFunctions(graph, typescriptLoader);
  if (files.length > 0) logger.info({ files }, 'functions are loaded');
  const startedAt = performance.now();
  const { ends, group, stateDirectory } = scopeOf(graph, options);
  running = startTopology({
    plan,
    registry,
    clock: systemClock,
    stateDirectory,
    ...(marks === null ? {} : { marks }),
    openSchemas: () => openSchemas(graph),
    openLog: () => {
      const liveness = new Liveness(graph);
      const stalled = (): string | null =>
        running === null ? null : (liveness.stuckTask(running.observe(), performance.now())?.task ?? null);
      return openKafka(graph, {
        brokers,
        group,
        bounded: ends !== undefined,
        instance: options.instance,
        logger,
        stalled,
      });
    },
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(ends === undefined ? {} : { ends }),
  });
  stopOnSignals(running, logger, graph, onlooker);
  const hide = isTerminal ? showProgress({ plan, ends, running, status }) : () => {};
  const code = await ended(running, graph, logger, startedAt, hide);
  if (code === exitCodes.done && options.from === undefined && hasReadNothing(graph, running.observe()))
    logger.info('there was nothing new to read; "--from earliest" begins anew');
  server?.close();
  return code;
}

function onlookerOf(marks: TurnMarks, graph: TopologyGraph, options: RunOptions, isTerminal: boolean): Onlooker {
  const { drainTimeoutMs } = graph.run;
  const warns = options.logLevel !== 'error' && options.logLevel !== 'silent';
  return startOnlooker({ marks, drainTimeoutMs, warns, json: isJson(options.logFormat, isTerminal) });
}

async function ended(
  running: RunningTopology,
  graph: TopologyGraph,
  logger: Logger,
  startedAt: number,
  hide: () => void,
): Promise<number> {
  const { error } = await running.finished;
  hide();
  const { text, fields } = summarize(graph, running.observe(), performance.now() - startedAt);
  if (error !== null) {
    logger.error(fields, `${text}. ${describeError(error)}`);
    return exitCodes.failed;
  }
  logger.info(fields, text);
  return exitCodes.done;
}
