import { readdirSync } from 'node:fs';
import path from 'node:path';
import { formatFinding, HeadraceError, loadFunctions, planTopology } from '@headrace/core';
import type { Registry, TopologyGraph, TopologyPlan } from '@headrace/core';
import { clusterNeeds, type ClusterNeeds } from '@headrace/kafka';
import { typescriptLoader } from '../../modules/typescript-loader.ts';
import { commandRegistry, readTopology } from '../../read-topology.ts';
import { readVariables } from '../../read-variables.ts';
import { describeError } from '../../report-error.ts';
import { redactorOf } from '../../secrets.ts';
import type { CheckedVersion, CheckRequest, FromWorker, RefusedVersion } from '../messages.ts';
import { devGraph, type DevGraph } from './dev-graph.ts';
import { sampleFiles } from './samples.ts';
import { Showing } from './showing.ts';

/** A version of a topology that is right, and how it is run. */
export interface Version {
  readonly request: CheckRequest;
  /** As it is written. */
  readonly graph: TopologyGraph;
  /** As it runs. */
  readonly made: DevGraph;
  readonly plan: TopologyPlan;
  readonly needs: ClusterNeeds;
  readonly registry: Registry;
  readonly showing: Showing;
  readonly redact: (text: string) => string;
}

/** A version, or null where it is refused, and what is said of it. */
export interface Check {
  readonly version: Version | null;
  readonly answer: CheckedVersion | RefusedVersion;
}

/** What another content of no file mends. */
const hopeless = new Set(['FILE_NOT_FOUND', 'WRONG_SET', 'UNKNOWN_NODE', 'UNKNOWN_PORT']);

/** Checks a topology as a run would, functions included, and makes it ready. Never throws for what an author wrote. */
export async function checkVersion(request: CheckRequest, send: (message: FromWorker) => void): Promise<Check> {
  const files = new Set<string>();
  const refused = (findings: readonly string[], mayMend = true): Check => ({
    version: null,
    answer: { kind: 'refused', files: [...files], findings, mayMend },
  });
  try {
    const registry = commandRegistry();
    if (request.envFile !== null) readVariables(request.envFile);
    const { graph: checked, findings } = await readTopology(request.file, registry, {
      purpose: 'run',
      set: request.set,
      ...(request.brokers === null ? {} : { brokers: request.brokers }),
      onRead: (file) => void files.add(path.resolve(file)),
    });
    for (const file of codeFiles(path.dirname(path.resolve(request.file)))) files.add(file);
    const printed = findings.filter(({ severity }) => severity !== 'info').map((finding) => formatFinding(finding));
    if (checked === null) return refused(printed);
    const graph: TopologyGraph = { ...checked, group: `${checked.group}${request.groupSuffix ?? ''}` };
    await loadFunctions(graph, typescriptLoader);
    const showing = new Showing(send, request.perSecond);
    showing.order = [...graph.nodes.keys()];
    const { shown, entrances, outputs } = request;
    const made = devGraph(graph, { registry, showing, shown, entrances, outputs });
    const plan = planTopology(made.graph);
    const needs = clusterNeeds(graph);
    const redact = redactorOf(graph);
    const version = { request, graph, made, plan, needs, registry, showing, redact };
    for (const file of filesOf(version)) files.add(file);
    return { version, answer: { ...describe(version), files: [...files], warnings: printed } };
  } catch (error) {
    const mayMend = !(error instanceof HeadraceError && hopeless.has(error.code));
    return refused([describeError(error)], mayMend);
  }
}

function describe({ graph, made, needs }: Version): Omit<CheckedVersion, 'files' | 'warnings'> {
  return {
    kind: 'checked',
    name: graph.name,
    topics: needs.topics.map(({ topic, create }) => ({
      name: topic,
      partitions: create?.partitions ?? null,
      config: create?.config ?? {},
    })),
    nodes: [...graph.nodes.keys()].filter((id) => !id.startsWith('$')),
    hasRegistry: graph.cluster?.registry !== undefined,
    drainTimeoutMs: graph.run.drainTimeoutMs,
    notes: made.notes,
  };
}

/** The files beside those that were read while it was checked: functions and samples. */
function filesOf({ graph, needs }: Version): readonly string[] {
  const functions = graph.functions.flatMap(({ origin }) =>
    origin === null ? [] : [path.resolve(graph.directory, origin.file)],
  );
  const names = needs.topics
    .filter(({ readBy }) => readBy.length > 0)
    .flatMap(({ topic, readBy }) => [topic, ...readBy]);
  return [
    ...functions,
    ...names.flatMap((name) => sampleFiles(graph.directory, name)).map((file) => path.resolve(file)),
  ];
}

/** The modules of the topology's folder, which functions and topologies in TypeScript may import. */
function codeFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.[cm]?[jt]s$/.test(name) && !name.includes('.test.'))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}
