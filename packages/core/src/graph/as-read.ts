import type { Encoding } from '../component/encoding.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { NodeId } from '../record/record-batch.ts';
import { sameType } from '../types/same-type.ts';
import { errorPort } from './wire-nodes.ts';
import type { GraphNode, InputEdge, OperatorNode, SourceNode } from './topology-graph.ts';

/** How bytes lie that nothing has changed since the source; or the node that stands in the way, and what it does. */
export type AsRead = { readonly encoding: Encoding } | { readonly node: NodeId; readonly why: string };

const raw: Encoding = { codec: 'bytes', options: {}, schema: { kind: 'bytes' } };

/** Says how keys or values lie at inputs whose bytes nothing has changed; null where a node above is not known. */
export function readAs(
  inputs: readonly InputEdge[],
  part: 'key' | 'value',
  nodes: ReadonlyMap<NodeId, GraphNode>,
): AsRead | null {
  let found: AsRead | null = null;
  for (const input of inputs) {
    const one = inputAs(input, part, nodes);
    if (one === null || 'why' in one) return one;
    if (found !== null && 'encoding' in found && !sameEncoding(found.encoding, one.encoding))
      return { node: input.node, why: 'is read in another encoding than the inputs before it' };
    found = one;
  }
  return found;
}

function inputAs(input: InputEdge, part: 'key' | 'value', nodes: ReadonlyMap<NodeId, GraphNode>): AsRead | null {
  const node = nodes.get(input.node);
  if (node === undefined) return null;
  if (input.widens !== undefined) return { node: node.id, why: 'is made wider by the merge' };
  if (node.kind === 'sink') return { node: node.id, why: 'gives what it refused decoded' };
  if (node.kind === 'source') return { encoding: input.port === errorPort ? raw : (node[part] ?? raw) };
  if (node.definition.create !== undefined) return { node: node.id, why: 'is asynchronous and gives records decoded' };
  if (sourcesOf(node, nodes).size > 1)
    return { node: node.id, why: 'merges several sources and gives records decoded' };
  // What fails leaves as it came.
  const changing = input.port === errorPort ? undefined : node.ops.find((op) => changes(op, part));
  if (changing !== undefined) return { node: node.id, why: `changes the ${part}` };
  return readAs(node.inputs, part, nodes);
}

function changes(op: StageOp, part: 'key' | 'value'): boolean {
  switch (op.op) {
    case 'project':
      return part === 'value' ? op.fields !== null : op.key !== undefined;
    case 'each':
      return part === 'value';
    case 'process':
      return true;
    case 'key':
      return part === 'key';
    default:
      return false;
  }
}

function sourcesOf(node: OperatorNode, nodes: ReadonlyMap<NodeId, GraphNode>): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  const visit = (each: OperatorNode | SourceNode): void => {
    if (each.kind === 'source') found.add(each.id);
    else
      for (const input of each.inputs) {
        const above = nodes.get(input.node);
        if (above?.kind === 'source' || above?.kind === 'operator') visit(above);
      }
  };
  visit(node);
  return found;
}

function sameEncoding(a: Encoding, b: Encoding): boolean {
  return a.codec === b.codec && sameType(a.schema, b.schema);
}

/** Says in words why the bytes of an input cannot be passed on. */
export function whyNotAsRead({ node, why }: { readonly node: NodeId; readonly why: string }): string {
  return `"asRead" passes bytes on that nothing has changed since the source, but "${node}" ${why}.`;
}
