import type { Encoding } from '../component/encoding.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { CheckedNode } from '../definition/checked-definition.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import { edgeAfter } from '../stage/edge-after.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { operatorErrorEdge, sinkErrorEdge, sourceErrorEdge } from './error-edge.ts';
import { guardComponent } from './guard-component.ts';
import type { NodeContexts } from './node-contexts.ts';
import type { GraphNode, InputEdge, ResolvedPolicies, SinkSettings } from './topology-graph.ts';
import { errorPort } from './wire-nodes.ts';

/** What a node is made of besides its types. */
export interface NodeParts {
  readonly node: CheckedNode;
  readonly inputs: readonly InputEdge[];
  /** The merged edge of its inputs; null for sources. */
  readonly input: EdgeType | null;
  readonly policies: ResolvedPolicies;
  readonly settings: SinkSettings;
  readonly contexts: NodeContexts;
  /** Told what is known of a node, also of one with mistakes, so that what stands behind it is checked. */
  typed(known: TypedNode): void;
}

/** What is known of a node before all of it is: the types of its ports, and how a source reads. */
export interface TypedNode {
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  readonly reads?: { readonly key: Encoding | null; readonly value: Encoding };
}

/** Types a node; null where a finding, or a value that is not known yet, keeps its type from being known. */
export function inferNode(parts: NodeParts): GraphNode | null {
  const { node, contexts, input } = parts;
  return guardComponent(
    node,
    (finding) => contexts.report({ ...finding, at: [] }),
    () => {
      const result =
        node.section === 'sources'
          ? inferSource(parts)
          : input === null
            ? null
            : node.section === 'operators'
              ? inferOperator(parts, input)
              : inferSink(parts, input);
      return contexts.failed() ? null : result;
    },
  );
}

function baseOf(node: CheckedNode, options: Readonly<Record<string, unknown>>, parts: NodeParts) {
  const { id, type } = node;
  const { renamedFrom } = node.common;
  return { id, type, options, policies: parts.policies, ...(renamedFrom !== undefined && { renamedFrom }) };
}

function inferSource(parts: NodeParts): GraphNode | null {
  const { node, contexts } = parts;
  const { definition, options } = node;
  if (node.section !== 'sources' || definition?.kind !== 'source' || options === null) return null;
  const inferred = definition.infer(options, contexts.infer);
  if (inferred === null) return null;
  const { output, key, value } = inferred;
  // A null that is no tombstone cannot be read; only Kafka has values that are null.
  const nulls = output.tombstones || definition.traits(options).scope === 'group';
  const outputs: Record<Port, EdgeType> = { out: output, [errorPort]: sourceErrorEdge(output, nulls) };
  parts.typed({ outputs, reads: { key, value } });
  if (contexts.failed()) return null;
  const ops = definition.lower?.(options, contexts.lower([output], outputs)) ?? [];
  // What a source does to its records, such as setting a key, is already in what it says of its output.
  return { kind: 'source', ...baseOf(node, options, parts), ops, definition, outputs, key, value };
}

function inferOperator(parts: NodeParts, input: EdgeType): GraphNode | null {
  const { node, contexts, inputs } = parts;
  const { definition, options } = node;
  if (node.section !== 'operators' || definition?.kind !== 'operator' || options === null) return null;
  const typed = definition.infer(options, input, contexts.infer);
  parts.typed({ outputs: { ...typed, [errorPort]: operatorErrorEdge(input) } });
  if (typed === null || contexts.failed()) return null;
  const untyped = definition.ports(options).filter(({ port }) => typed[port] === undefined);
  for (const { port } of untyped) contexts.report(missingPort(node.type, port));
  const outputs = { ...typed, [errorPort]: operatorErrorEdge(input) };
  const ops = definition.lower?.(options, contexts.lower([input], outputs)) ?? [];
  const { expressions } = contexts;
  return { kind: 'operator', ...baseOf(node, options, parts), ops, definition, inputs, input, outputs, expressions };
}

function missingPort(type: string, port: Port) {
  const message = `the component "${type}" failed while it was checked: it gives its port "${port}" no type.`;
  return { code: 'COMPONENT_FAILED', severity: 'error' as const, at: [], on: 'key' as const, message };
}

function inferSink(parts: NodeParts, input: EdgeType): GraphNode | null {
  const { node, contexts, inputs, settings } = parts;
  const { definition, options } = node;
  if (node.section !== 'sinks' || definition?.kind !== 'sink' || options === null) return null;
  const ops: StageOp[] = definition.lower?.(options, contexts.lower([input], {})) ?? [];
  if (contexts.failed()) return null;
  const written = edgeAfter(ops, input);
  const inferred = definition.infer(options, written, contexts.infer);
  if (inferred === null) return null;
  const { key, value } = inferred;
  const base = baseOf(node, options, parts);
  const outputs = { [errorPort]: sinkErrorEdge(input) };
  return { kind: 'sink', ...base, ops, definition, inputs, input, outputs, written, key, value, ...settings };
}

/** Says in words whose records a node reads: `"orders"`, `"a" and "b"`. */
export function originOf(id: NodeId, inputs: readonly InputEdge[]): string {
  const names = inputs.map(({ node, port }) => `"${port === 'out' ? node : `${node}.${port}`}"`);
  if (names.length === 0) return `"${id}"`;
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
