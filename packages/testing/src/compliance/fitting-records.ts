import { checkTopology, type Component, type Example, type LocatedFinding } from '@headrace/core';
import { hold, type ComplianceContext, type SampleRecord } from './compliance-context.ts';
import { topologyAround } from './topology-around.ts';

const known = new WeakMap<ComplianceContext, WeakMap<Example<unknown>, readonly SampleRecord[]>>();

/** Lists the kinds of records that an example is valid for; fails with the findings where there is none. */
export function fittingRecords(
  component: Component,
  example: Example<unknown>,
  context: ComplianceContext,
): readonly SampleRecord[] {
  const ofContext = known.get(context) ?? new WeakMap<Example<unknown>, readonly SampleRecord[]>();
  known.set(context, ofContext);
  const found = ofContext.get(example) ?? fitting(component, example, context);
  ofContext.set(example, found);
  return found;
}

function fitting(
  component: Component,
  { options, summary }: Example<unknown>,
  context: ComplianceContext,
): readonly SampleRecord[] {
  const errors: LocatedFinding[] = [];
  const found = context.records.filter((sample) => {
    const findings = findingsOf(component, options as object, sample, context);
    const wrong = findings.filter(({ severity }) => severity === 'error');
    errors.push(...wrong);
    return wrong.length === 0;
  });
  const reasons = [...new Set(errors.map(({ code, message }) => `${code} ${message}`))];
  hold(found.length > 0, `the example "${summary}" is not valid: ${reasons.join(' ')}`);
  return found;
}

/** Checks the topology around an example. */
export function findingsOf(
  component: Component,
  options: object,
  sample: SampleRecord,
  context: ComplianceContext,
): readonly LocatedFinding[] {
  const { definition, file, registry, readFile = () => '' } = topologyAround(component, options, sample, context);
  return checkTopology({ definition, file }, { registry, env: {}, set: {}, purpose: 'validate', readFile }).findings;
}
