import { describePlan, describeStages, formatFinding, formatPlan, formatStages, planTopology } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** The options of `plan`. */
export interface PlanOptions {
  readonly format: 'text' | 'json';
  readonly code?: boolean;
  readonly set?: readonly string[];
}

/** Prints how a topology would run; returns the exit code. */
export async function printPlan(file: string, { format, code = false, set }: PlanOptions): Promise<number> {
  try {
    const { graph, findings } = await readTopology(file, commandRegistry(), {
      purpose: 'validate',
      ...(set === undefined ? {} : { set }),
    });
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    const planned = planTopology(graph);
    const plan = describePlan(planned);
    const stages = code ? describeStages(planned) : null;
    const text =
      format === 'json'
        ? JSON.stringify(stages === null ? plan : { ...plan, code: stages }, null, 2)
        : [formatPlan(plan), ...(stages === null ? [] : ['', formatStages(stages)])].join('\n');
    process.stdout.write(`${text}\n`);
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}
