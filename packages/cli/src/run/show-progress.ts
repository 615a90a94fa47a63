import { performance } from 'node:perf_hooks';
import type { RunningTopology, TopologyPlan } from '@headrace/core';
import { Progress } from './progress.ts';
import type { RunScope } from './run-scope.ts';
import type { StatusLine } from './status-line.ts';

const everyMs = 500;

/** What the line at the foot of the terminal tells of. */
export interface ShownRun {
  readonly plan: TopologyPlan;
  readonly ends: RunScope['ends'];
  readonly running: RunningTopology;
  readonly status: StatusLine;
}

/**
 * Shows how far a run is that has an end; the result takes the line away. Where records go to the same terminal there is none: they show
 * themselves how far it is.
 */
export function showProgress({ plan, ends, running, status }: ShownRun): () => void {
  const { graph } = plan;
  const isBounded = plan.sources.every(({ node }) => node.definition.traits(node.options).bounded);
  const printsRecords = process.stdout.isTTY && [...graph.nodes.values()].some(({ type }) => type === 'stdout');
  if ((ends === undefined && !isBounded) || printsRecords) return () => {};
  const progress = new Progress(graph);
  const show = (): void =>
    status.show(progress.line(running.observe(), performance.now()), process.stderr.columns ?? 80);
  const timer = setInterval(show, everyMs).unref();
  return () => {
    clearInterval(timer);
    status.clear();
  };
}
