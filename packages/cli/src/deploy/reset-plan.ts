import {
  HeadraceError,
  StateDirectory,
  type NodeId,
  type SourceNode,
  type TopicPartition,
  type TopologyGraph,
} from '@headrace/core';
import type { KafkaAdmin } from '@headrace/kafka';
import type { Positions } from './position-list.ts';
import type { ResetTarget } from './reset-target.ts';

/** A partition whose position moves; `from` is null where it has none. */
export interface Move {
  readonly partition: TopicPartition;
  readonly from: number | null;
  readonly to: number;
}

/** The sources that a reset is about: those that read topics, and those whose positions lie in the state directory. */
export interface ResetScope {
  readonly topics: readonly SourceNode[];
  readonly kept: readonly SourceNode[];
}

/** Where they go: all to a place, or partitions to offsets. */
export type Destination = { readonly to: ResetTarget } | { readonly positions: Positions };

/**
 * Finds the sources that a reset is about: all, or those that are named. Throws `WRONG_RESET` for a name that no source has, and where
 * one of them cannot go there: files and what else keeps its positions in the state directory can only begin anew.
 */
export function scopeOfReset(graph: TopologyGraph, names: readonly NodeId[], destination: Destination): ResetScope {
  const sources = [...graph.nodes.values()].filter((node): node is SourceNode => node.kind === 'source');
  for (const name of names)
    if (!sources.some(({ id }) => id === name))
      throw new HeadraceError('WRONG_RESET', `"--source ${name}": the topology has no such source.`);
  const chosen = names.length === 0 ? sources : sources.filter(({ id }) => names.includes(id));
  const traits = (node: SourceNode) => node.definition.traits(node.options);
  const topics = chosen.filter((node) => traits(node).scope === 'group');
  if ('positions' in destination) return { topics, kept: [] };
  const kept = chosen.filter((node) => traits(node).scope !== 'group' && traits(node).replay === 'position');
  const cannot = destination.to === 'earliest' || destination.to === 'start' ? undefined : kept[0];
  if (cannot !== undefined)
    throw new HeadraceError(
      'WRONG_RESET',
      `The source "${cannot.id}" (${cannot.type}) can only begin anew, which is "earliest". Name the others with "--source".`,
    );
  return { topics, kept };
}

/** Says which partitions move from where to where. Throws `WRONG_RESET` for an offset that a partition does not have, `UNKNOWN_TOPIC`. */
export async function movesOf(
  admin: KafkaAdmin,
  group: string,
  scope: ResetScope,
  destination: Destination,
): Promise<readonly Move[]> {
  const before = await admin.groups.positions(group);
  const moves: Move[] = [];
  const known = new Set<TopicPartition>();
  for (const source of scope.topics) {
    const partitions: TopicPartition[] = [];
    for (const topic of await topicsOf(admin, source)) partitions.push(...(await admin.partitions(topic)));
    for (const partition of partitions) known.add(partition);
    const targets =
      'positions' in destination ? destination.positions : await targetsOf(admin, source, partitions, destination.to);
    for (const partition of partitions) {
      const to = targets.get(partition);
      if (to !== undefined) moves.push({ partition, from: before.get(partition) ?? null, to });
    }
  }
  if ('positions' in destination) await checkPositions(admin, destination.positions, known);
  return moves;
}

/** Where each partition goes; where a source begins that names offsets of its own, those count before the place of the others. */
async function targetsOf(
  admin: KafkaAdmin,
  source: SourceNode,
  partitions: readonly TopicPartition[],
  to: ResetTarget,
): Promise<ReadonlyMap<TopicPartition, number>> {
  const { start = 'earliest', offsets = new Map<TopicPartition, number>() } =
    to === 'start' ? (source.definition.subscription?.(source.options) ?? {}) : { start: to };
  const own = new Map([...offsets].filter(([partition]) => partitions.includes(partition)));
  await checkRanges(admin, own);
  const others = partitions.filter((partition) => !own.has(partition));
  const rest = typeof start === 'number' ? new Map<TopicPartition, number>() : await admin.offsets(others, start);
  return new Map([...own, ...rest]);
}

async function topicsOf(admin: KafkaAdmin, { definition, options }: SourceNode): Promise<readonly string[]> {
  const { topics = [] } = definition.subscription?.(options) ?? {};
  return topics instanceof RegExp ? admin.topics.matching(topics) : topics;
}

async function checkPositions(admin: KafkaAdmin, positions: Positions, known: ReadonlySet<string>): Promise<void> {
  for (const partition of positions.keys())
    if (!known.has(partition))
      throw new HeadraceError('WRONG_RESET', `The file names ${partition}, which these sources do not read.`);
  await checkRanges(admin, positions);
}

async function checkRanges(admin: KafkaAdmin, positions: Positions): Promise<void> {
  const ranges = await admin.ranges([...positions.keys()]);
  for (const [partition, to] of positions) {
    const { low, high } = ranges.get(partition) ?? { low: to, high: to };
    if (to < low || to > high)
      throw new HeadraceError('WRONG_RESET', `${partition} has offsets from ${low} to ${high}, and not ${to}.`);
  }
}

/** Describes what a reset does, a line each. */
export function describeReset(
  moves: readonly Move[],
  group: string,
  forgotten: readonly { id: NodeId; splits: number }[],
): string {
  const lines: string[] = [];
  if (moves.length > 0) lines.push(`group "${group}"`);
  for (const { partition, from, to } of moves)
    lines.push(
      `  ${partition}: ${from === null ? 'no position' : String(from)} -> ${String(to)}${from === to ? ' (stays)' : ''}`,
    );
  for (const { id, splits } of forgotten)
    lines.push(
      `source "${id}": ${splits === 0 ? 'has no position' : `begins anew; ${splits === 1 ? '1 position is' : `${String(splits)} positions are`} forgotten`}`,
    );
  return lines.join('\n');
}

/** Locks the state directory where sources have positions there; null where none has. */
export async function lockState(directory: string, kept: readonly SourceNode[]): Promise<StateDirectory | null> {
  return kept.length === 0 ? null : StateDirectory.lock(directory);
}

/** Throws `GROUP_IN_USE`, with who they are, where a group has members. */
export async function requireNoMembers(admin: KafkaAdmin, group: string): Promise<void> {
  const { members } = await admin.groups.describe(group);
  if (members.length === 0) return;
  const who = members.map(({ clientId, host }) => `"${clientId}" at ${host}`).join(', ');
  throw new HeadraceError(
    'GROUP_IN_USE',
    `Group "${group}" has ${members.length === 1 ? 'a member' : `${String(members.length)} members`}: ${who}. Stop every process of the topology first.`,
  );
}
