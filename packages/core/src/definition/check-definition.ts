import type { Finding } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import type { CheckedDefinition } from './checked-definition.ts';
import { checkNodes } from './check-nodes.ts';
import { checkFilled, checkId, isObject, reportAll, secretLiteral } from './check-section.ts';
import type { SectionContext } from './check-section.ts';
import { notBuiltYet } from './later.ts';
import { resolveParameters } from './resolve-parameters.ts';
import type { ParameterSources } from './resolve-parameters.ts';
import { clusterSchema, runSchema, skeletonSchema } from './skeleton-schema.ts';
import type { ClusterDefinition, ParameterDefinition, RunDefinition } from './topology-definition.ts';
import { validateValue } from './validate-value.ts';

/** What checking a definition needs from outside. */
export interface DefinitionContext extends ParameterSources {
  readonly registry: Registry;
  readonly report: (finding: Finding) => void;
}

/** Checks what can be said without the graph: keys, types of values, parameters, options of each node. Null where there is no definition at all. */
export function checkDefinition(value: unknown, context: DefinitionContext): CheckedDefinition | null {
  reportAll(validateValue(skeletonSchema, value, []), 'top', [], context.report);
  if (!isObject(value)) return null;
  const declared = parametersOf(value, context);
  const parameters = resolveParameters(declared, context, context.report);
  const shared: SectionContext = {
    registry: context.registry,
    parameters,
    readFile: (path) => context.readFile(path),
    report: context.report,
    unknown: [],
    refused: [],
    origins: new Map(),
    functions: [],
    secrets: [],
  };
  for (const [name, parameter] of Object.entries(declared))
    if (parameter.type === 'secret' && parameter.default !== undefined)
      secretLiteral(['parameters', name, 'default'], shared);
  const clusters = clustersOf(value, shared);
  const name = typeof value.name === 'string' ? value.name : 'unnamed';
  return {
    name,
    group: typeof value.group === 'string' ? value.group : name,
    renamedFrom: typeof value.renamedFrom === 'string' ? value.renamedFrom : null,
    parameters,
    ...clusters,
    ...runOf(value, shared),
    nodes: checkNodes(value, shared),
    unknown: shared.unknown,
    origins: shared.origins,
    functions: shared.functions,
    secrets: shared.secrets,
  };
}

// Parameters with mistakes in their own declaration are left out; what the skeleton said of them stands.
function parametersOf(value: Record<string, unknown>, context: DefinitionContext): Record<string, ParameterDefinition> {
  const declared = isObject(value.parameters) ? value.parameters : {};
  const frame = { ...emptyFrame, parameters: {} as Record<string, unknown> };
  const result: Record<string, ParameterDefinition> = {};
  for (const [name, definition] of Object.entries(declared)) {
    checkId(name, ['parameters', name], context.report);
    frame.parameters = { [name]: definition };
    if (validateValue(skeletonSchema, frame, []).length === 0) result[name] = definition as ParameterDefinition;
  }
  return result;
}

const emptyFrame = { headrace: 1, name: 'a', sources: { a: { type: 'a' } }, sinks: { a: { type: 'a' } } };

function clustersOf(value: Record<string, unknown>, context: SectionContext) {
  const clusters = new Map<string, ClusterDefinition>();
  const brokenClusters = new Set<string>();
  for (const [name, cluster] of Object.entries(isObject(value.clusters) ? value.clusters : {})) {
    const at = ['clusters', name];
    checkId(name, at, context.report);
    const checked = isObject(cluster) ? checkFilled(clusterSchema, cluster, at, 'top', context) : null;
    if (checked === null) brokenClusters.add(name);
    else clusters.set(name, checked as ClusterDefinition);
  }
  return { clusters, brokenClusters };
}

function runOf(value: Record<string, unknown>, context: SectionContext): { run: RunDefinition; brokenRun: boolean } {
  if (!isObject(value.run)) return { run: {}, brokenRun: value.run !== undefined };
  const run = { ...value.run };
  const isLater = run.guarantee === 'exactly-once';
  if (isLater) {
    context.report(notBuiltYet(['run', 'guarantee'], 'The guarantee "exactly-once"'));
    delete run.guarantee;
  }
  const checked = checkFilled(runSchema, run, ['run'], 'run', context);
  return { run: (checked ?? {}) as RunDefinition, brokenRun: isLater || checked === null };
}
