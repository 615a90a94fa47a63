import type { Finding } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import type { CheckedDefinition } from './checked-definition.ts';
import { brokenNodes, checkNodes } from './check-nodes.ts';
import { misspeltKeys } from './misspelt-keys.ts';
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
  const { declared, brokenParameters } = parametersOf(value, context);
  const parameters = resolveParameters(declared, brokenParameters, context, context.report);
  const shared: SectionContext = {
    registry: context.registry,
    parameters,
    brokenParameters,
    readFile: (path) => context.readFile(path),
    report: context.report,
    unknown: [],
    refused: [],
    mistaken: [],
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
    brokenParameters,
    ...clusters,
    ...runOf(value, shared),
    nodes: checkNodes(value, shared),
    brokenNodes: brokenNodes(value),
    unknown: shared.unknown,
    origins: shared.origins,
    functions: shared.functions,
    secrets: shared.secrets,
  };
}

// What the skeleton said of parameters with mistakes in their own declaration stands: nothing else is said of them.
function parametersOf(value: Record<string, unknown>, context: DefinitionContext) {
  const isUnclear =
    (value.parameters !== undefined && !isObject(value.parameters)) || misspeltKeys(value).includes('parameters');
  const written = isObject(value.parameters) ? value.parameters : {};
  const frame = { ...emptyFrame, parameters: {} as Record<string, unknown> };
  const declared: Record<string, ParameterDefinition> = {};
  const brokenParameters = new Set<string>();
  for (const [name, definition] of Object.entries(written)) {
    const isId = checkId(name, ['parameters', name], context.report);
    frame.parameters = { [name]: definition };
    if (isId && validateValue(skeletonSchema, frame, []).length === 0)
      declared[name] = definition as ParameterDefinition;
    else brokenParameters.add(name);
  }
  return { declared, brokenParameters: isUnclear ? null : brokenParameters };
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
  const isUnclear =
    (value.clusters !== undefined && !isObject(value.clusters)) || misspeltKeys(value).includes('clusters');
  return { clusters, brokenClusters: isUnclear ? null : brokenClusters };
}

// What is right in `run` counts; of what is wrong it is remembered that it is there.
function runOf(value: Record<string, unknown>, context: SectionContext) {
  const brokenRun = new Set<string>();
  const isMisspelt = misspeltKeys(value).includes('run');
  if (value.run === undefined && !isMisspelt) return { run: {}, brokenRun };
  if (!isObject(value.run)) return { run: {}, brokenRun: new Set(Object.keys(runSchema.properties)) };
  const run = { ...value.run };
  if (run.guarantee === 'exactly-once') {
    context.report(notBuiltYet(['run', 'guarantee'], 'The guarantee "exactly-once"'));
    brokenRun.add('guarantee');
    delete run.guarantee;
  }
  const remember = (finding: Finding) => {
    if (finding.severity === 'error') brokenRun.add(String(finding.at[1]));
    if (finding.suggestion !== undefined) brokenRun.add(finding.suggestion);
    context.report(finding);
  };
  const checked = checkFilled(runSchema, run, ['run'], 'run', { ...context, report: remember });
  if (checked !== null) return { run: checked as RunDefinition, brokenRun };
  const sound = Object.fromEntries(Object.entries(run).filter(([key]) => !brokenRun.has(key)));
  const rest = checkFilled(runSchema, sound, ['run'], 'run', { ...context, report: () => {} });
  return { run: (rest ?? {}) as RunDefinition, brokenRun };
}
