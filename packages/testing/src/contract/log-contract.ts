import { groupScenarios } from './group-scenarios.ts';
import type { LogHarness, LogScenario } from './log-harness.ts';
import { recordScenarios } from './record-scenarios.ts';

/** All that every Log must pass, whatever lies behind it. It needs no test runner and reads no clock. */
export const logScenarios: readonly LogScenario[] = [...recordScenarios, ...groupScenarios];

/** Binds the scenarios to a Log: each `run` makes one anew, runs, and closes it. */
export function logContract(
  make: () => Promise<LogHarness>,
): readonly { readonly name: string; readonly run: () => Promise<void> }[] {
  return logScenarios.map(({ name, run }) => ({
    name,
    async run() {
      const harness = await make();
      try {
        await run(harness);
      } finally {
        await harness.close();
      }
    },
  }));
}
