import { notBuiltYet } from '../../definition/later.ts';
import type { Rule } from '../rule.ts';

/** States that each sink is waited for and writes what comes: optional sinks and batches of their own are not built yet. */
export const sinksUseWhatIsBuilt: Rule = ({ definition, report }) => {
  for (const { section, at, common } of definition.nodes) {
    if (section !== 'sinks') continue;
    if (common.required === false) report(notBuiltYet([...at, 'required'], 'A sink that is not required'));
    if (common.batch !== undefined) report(notBuiltYet([...at, 'batch'], 'The key "batch"', 'key'));
  }
};
