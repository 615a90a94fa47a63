import {
  isDynamic,
  type EdgeType,
  type Encoding,
  type NodeId,
  type Port,
  type SinkNode,
  type ValueType,
} from '@headrace/core';
import type { Sink, SourceNode } from '@headrace/core';
import type { Injections } from './injections.ts';

/** What a tap shows of: a node and one of its ports. */
export interface Tapped {
  readonly node: NodeId;
  readonly port: Port;
}

const policies = { decode: 'skip', process: 'skip', deliver: 'skip' } as const;

/** The id of the node that shows what leaves by a port. No author can write it. */
export function tapId({ node, port }: Tapped): NodeId {
  return `$tap.${node}.${port}`;
}

/** The id of the node by which records of the terminal enter another. No author can write it. */
export function entranceId(node: NodeId): NodeId {
  return `$in.${node}`;
}

/** Makes a sink that nobody waits for, and that is given what leaves by a port, as JSON. */
export function tapNode(tapped: Tapped, edge: EdgeType, create: () => Sink): SinkNode {
  const key = edge.key === null ? null : jsonOf(edge.key);
  const value = jsonOf(edge.value);
  return {
    kind: 'sink',
    id: tapId(tapped),
    type: 'tap',
    options: {},
    policies,
    ops: [],
    definition: {
      kind: 'sink',
      type: 'tap',
      summary: 'Shows what leaves a node.',
      options: { type: 'object' },
      examples: [],
      infer: () => ({ key, value }),
      traits: () => ({ acknowledges: 'write', epochs: 'any', concurrency: 1, transactional: false, idempotent: true }),
      create,
    },
    inputs: [{ node: tapped.node, port: tapped.port }],
    input: edge,
    outputs: {},
    written: edge,
    key,
    value,
    retry: { attempts: 1, delayMs: 0, maxDelayMs: 0, forMs: null },
    required: false,
    batch: { records: null, bytes: null, delayMs: null },
  };
}

/** Makes a source of records in JSON from the terminal, of the type of an edge. */
export function entranceNode(node: NodeId, edge: EdgeType, injections: Injections): SourceNode {
  const key = edge.key === null ? null : jsonOf(edge.key);
  const value = jsonOf(edge.value);
  return {
    kind: 'source',
    id: entranceId(node),
    type: 'entrance',
    options: {},
    policies,
    ops: [],
    definition: {
      kind: 'source',
      type: 'entrance',
      summary: 'Lets the terminal send records to a node.',
      options: { type: 'object' },
      examples: [],
      infer: () => ({ output: edge, key, value }),
      traits: () => ({ scope: 'single', replay: 'position', bounded: false }),
      create: () => injections,
    },
    outputs: { out: edge, error: { ...edge, value: { kind: 'bytes' }, scope: 'error' } },
    key,
    value,
  };
}

/** How values of a type lie as JSON. */
export function jsonOf(schema: ValueType): Encoding {
  return { codec: 'json', options: isDynamic(schema) ? {} : { unknown: 'error' }, schema };
}
