import { describePlan, formatFinding, formatPlan, planTopology } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** The options of `plan`. */
export interface PlanOptions {
  readonly format: 'text' | 'json';
  readonly set?: readonly string[];
}

/** Prints how a topology would run; returns the exit code. */
export async function printPlan(file: string, { format, set }: PlanOptions): Promise<number> {
  try {
    const { graph, findings } = await readTopology(file, commandRegistry(), {
      purpose: 'validate',
      ...(set === undefined ? {} : { set }),
    });
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    const plan = describePlan(planTopology(graph));
    process.stdout.write(`${format === 'json' ? JSON.stringify(plan, null, 2) : formatPlan(plan)}\n`);
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}
