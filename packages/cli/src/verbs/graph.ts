import { describeGraph, formatFinding } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import type { GraphOptions } from '../options.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** Prints the graph of a topology; returns the exit code. */
export async function printGraph(file: string, options: GraphOptions): Promise<number> {
  try {
    const { graph, findings } = await readTopology(file, commandRegistry(), {
      purpose: 'validate',
      ...(options.set === undefined ? {} : { set: options.set }),
    });
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    process.stdout.write(`${describeGraph(graph, options.format)}\n`);
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}
