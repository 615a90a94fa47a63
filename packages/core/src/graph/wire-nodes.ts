import { suggest } from '@headrace/cel';
import type { Finding } from '../component/finding.ts';
import type { PortSpec } from '../component/operator.ts';
import type { BrokenNodes, CheckedDefinition, CheckedNode, WrittenInput } from '../definition/checked-definition.ts';
import { shorten } from '../definition/format-path.ts';
import { defaultPort } from '../record/record-batch.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import { guardComponent } from './guard-component.ts';
import type { WiredInput, WiredNode, Wiring } from './wiring.ts';

/** The port on which a node gives what failed in it. */
export const errorPort: Port = 'error';

interface Place {
  readonly known: ReadonlyMap<NodeId, CheckedNode>;
  readonly broken: BrokenNodes;
  readonly ports: ReadonlyMap<NodeId, readonly PortSpec[] | null>;
  readonly meant: Set<NodeId>;
  readonly meantPorts: Set<string>;
  unclear: number;
  readonly report: (finding: Finding) => void;
}

/** Resolves every input to a node and a port and reports those that lead nowhere. */
export function wireNodes(
  { nodes, brokenNodes }: Pick<CheckedDefinition, 'nodes' | 'brokenNodes'>,
  report: (finding: Finding) => void,
): Wiring {
  const known = new Map<NodeId, CheckedNode>();
  for (const node of nodes) if (!known.has(node.id)) known.set(node.id, node);
  const ports = new Map([...known].map(([id, node]) => [id, portsOf(node, report)]));
  const place: Place = {
    known,
    broken: brokenNodes,
    ports,
    meant: new Set(),
    meantPorts: new Set(),
    unclear: 0,
    report,
  };
  const wired = new Map<NodeId, WiredNode>();
  for (const [id, node] of known) {
    const inputs = resolveInputs(node, place);
    const complete = inputs.length === (node.inputs?.length ?? 0);
    wired.set(id, { node, inputs, complete, ports: ports.get(id) ?? null });
  }
  // A node whose id is taken has no place in the graph, but what it reads is read.
  for (const node of nodes) if (known.get(node.id) !== node) resolveInputs(node, place);
  const { meant, meantPorts, unclear } = place;
  return { nodes: wired, meant, meantPorts, unclear };
}

function portsOf(node: CheckedNode, report: (finding: Finding) => void): readonly PortSpec[] | null {
  const { definition, options } = node;
  if (node.section === 'sources') return [{ port: defaultPort, quiet: false }];
  if (node.section === 'sinks') return [];
  if (definition === null || options === null || definition.kind !== 'operator') return null;
  return guardComponent(node, report, () => definition.ports(options));
}

function resolveInputs(node: CheckedNode, place: Place): WiredInput[] {
  const resolved: WiredInput[] = [];
  for (const written of node.inputs ?? []) {
    const input = resolveInput(written, place);
    if (input === null) continue;
    // A join may have one input on both sides.
    if (node.type !== 'join' && resolved.some((other) => other.node === input.node && other.port === input.port)) {
      place.report(error('DUPLICATE_INPUT', written, `"${shorten(written.text, 80)}" stands twice among the inputs.`));
    }
    resolved.push(input);
  }
  return resolved;
}

function resolveInput(written: WrittenInput, place: Place): WiredInput | null {
  const dot = written.text.indexOf('.');
  const id = dot < 0 ? written.text : written.text.slice(0, dot);
  const port = dot < 0 ? null : written.text.slice(dot + 1);
  const node = place.known.get(id);
  if (node === undefined) {
    const { sections, ids } = place.broken;
    if (ids.includes(id) || sections.some((section) => section !== 'sinks')) return null;
    place.report(unknownNode(written, id, place));
    return null;
  }
  place.meant.add(id);
  if (node.section === 'sinks' && port !== errorPort) {
    const message = `"${id}" is a sink, and nothing comes out of a sink but what it could not deliver.`;
    place.report(error('SINK_HAS_NO_OUTPUT', written, message, `${id}.${errorPort}`));
    return null;
  }
  return resolvePort(written, id, port, place);
}

function resolvePort(written: WrittenInput, id: NodeId, port: string | null, place: Place): WiredInput | null {
  const specs = place.ports.get(id) ?? null;
  const found = { node: id, port: port ?? defaultPort, at: written.at };
  place.meantPorts.add(`${id}.${found.port}`);
  if (specs === null || port === errorPort) return found;
  const names = specs.map((spec) => spec.port);
  if (names.includes(found.port)) return found;
  if (port === null) {
    for (const name of names) place.meantPorts.add(`${id}.${name}`);
    const list = names.map((name) => `"${id}.${name}"`).join(', ');
    place.report(error('PORT_REQUIRED', written, `"${id}" has no default output: write one of ${list}.`));
    return null;
  }
  const suggestion = suggest(port, [...names, errorPort]);
  if (suggestion === undefined) place.unclear++;
  else place.meantPorts.add(`${id}.${suggestion}`);
  const ports = [...names, errorPort].map((name) => (name === defaultPort ? `"${id}"` : `"${id}.${name}"`)).join(', ');
  const span = { start: id.length + 1, end: written.text.length };
  const message = `"${id}" has no port "${shorten(port, 40)}"; it has ${ports}.`;
  place.report({ ...error('UNKNOWN_PORT', written, message, suggestion && `${id}.${suggestion}`), span });
  return null;
}

function unknownNode(written: WrittenInput, id: string, place: Place): Finding {
  const readable = [...place.known.values()].filter((node) => node.section !== 'sinks').map((node) => node.id);
  const near = suggest(id, readable);
  if (near === undefined) place.unclear++;
  else {
    place.meant.add(near);
    place.meantPorts.add(`${near}.${written.text.slice(id.length + 1) || defaultPort}`);
  }
  const finding = error('UNKNOWN_NODE', written, `there is no source or operator "${shorten(id, 40)}".`, near);
  return { ...finding, span: { start: 0, end: id.length } };
}

function error(code: string, written: WrittenInput, message: string, suggestion?: string): Finding {
  return { code, severity: 'error', at: written.at, message, ...(suggestion !== undefined && { suggestion }) };
}
