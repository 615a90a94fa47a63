import path from 'node:path';
import type { TopologyGraph, WorkerOptions } from '@headrace/core';
import type { RunOptions } from '../options.ts';

/** What a run covers and where it keeps its positions. */
export interface RunScope {
  readonly ends: WorkerOptions['ends'];
  readonly group: string;
  readonly stateDirectory: string;
}

/**
 * Says what a run covers. A bounded one is a world of its own: a group that nobody else has, and a state directory beside the other, so
 * that positions of the topology that runs all the time stay as they are.
 */
export function scopeOf(
  graph: TopologyGraph,
  { bounded, untilEnd }: Pick<RunOptions, 'bounded' | 'untilEnd'>,
): RunScope {
  const stateDirectory = path.resolve(graph.run.stateDirectory);
  if (bounded !== true) return { ends: untilEnd === true ? 'untilEnd' : undefined, group: graph.group, stateDirectory };
  const moment = new Date().toISOString().replaceAll(/\D/g, '');
  return {
    ends: 'bounded',
    group: `${graph.group}-bounded-${moment}-${String(process.pid)}`,
    stateDirectory: path.join(stateDirectory, 'bounded'),
  };
}
