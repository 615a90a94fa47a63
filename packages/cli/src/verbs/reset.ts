import path from 'node:path';
import { HeadraceError, type NodeId, type TopologyGraph } from '@headrace/core';
import type { KafkaAdmin } from '@headrace/kafka';
import { confirm, terminal, type Asking } from '../deploy/confirm.ts';
import { openTopology, type OnlineOptions, type OpenedTopology } from '../deploy/open-topology.ts';
import { readPositions, writePositions } from '../deploy/position-list.ts';
import {
  describeReset,
  lockState,
  movesOf,
  requireNoMembers,
  scopeOfReset,
  type Destination,
  type Move,
  type ResetScope,
} from '../deploy/reset-plan.ts';
import { parseResetTarget } from '../deploy/reset-target.ts';
import { withAdmin } from '../deploy/with-admin.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';

/** The options of `reset`. */
export interface ResetOptions extends OnlineOptions {
  readonly to?: string;
  readonly toFile?: string;
  readonly save?: string;
  readonly source?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Moves the positions of a topology that does not run; returns the exit code. */
export async function resetTopology(file: string, options: ResetOptions, asking: Asking = terminal()): Promise<number> {
  let redact: (text: string) => string = (text) => text;
  try {
    const destination = await destinationOf(options);
    const topology = await openTopology(file, options);
    if (topology === null) return exitCodes.wrongInput;
    ({ redact } = topology);
    const { graph } = topology;
    const scope = scopeOfReset(graph, options.source ?? [], destination);
    const state = await lockState(path.resolve(graph.run.stateDirectory), scope.kept);
    try {
      const work: Reset = { topology, scope, destination, options, asking, forget: async () => {}, forgotten: [] };
      const forgotten = scope.kept.map(({ id }) => ({
        id,
        splits: idsOf(graph, id).reduce((sum, each) => sum + (state?.splits(each).length ?? 0), 0),
      }));
      const forget = async (): Promise<void> => {
        for (const { id } of scope.kept) for (const each of idsOf(graph, id)) await state?.forget(each);
      };
      const all = { ...work, forgotten, forget };
      if (scope.topics.length === 0) return await reset(all, null);
      return await withAdmin(topology, (admin) => reset(all, admin));
    } finally {
      await state?.release();
    }
  } catch (error) {
    return reportError(error, redact);
  }
}

/** The ids under which a source may have positions: a run takes those of the id that it had before, where it has none of its own. */
function idsOf({ nodes }: TopologyGraph, id: NodeId): readonly NodeId[] {
  const before = nodes.get(id)?.renamedFrom;
  return before === undefined || nodes.has(before) ? [id] : [id, before];
}

interface Reset {
  readonly topology: OpenedTopology;
  readonly scope: ResetScope;
  readonly destination: Destination;
  readonly options: ResetOptions;
  readonly asking: Asking;
  /** Sources of the state directory, and how many positions each has. */
  readonly forgotten: readonly { readonly id: string; readonly splits: number }[];
  readonly forget: () => Promise<void>;
}

async function reset(
  { topology, scope, destination, options, asking, forgotten, forget }: Reset,
  admin: KafkaAdmin | null,
): Promise<number> {
  const { group } = topology.graph;
  if (admin !== null) await requireNoMembers(admin, group);
  const moves = admin === null ? [] : await movesOf(admin, group, scope, destination);
  const outline = describeReset(moves, group, forgotten);
  if (outline === '') {
    process.stdout.write('There is no position to move.\n');
    return exitCodes.done;
  }
  process.stdout.write(`${topology.redact(outline)}\n`);
  if (options.dryRun === true) return said('Nothing was moved.');
  if (options.yes !== true && !(await confirm('Move them?', asking))) return said('Nothing was moved.');
  if (options.save !== undefined) await writePositions(options.save, positionsBefore(moves));
  await admin?.groups.setPositions(group, new Map(moves.map(({ partition, to }) => [partition, to])));
  await forget();
  return said('Moved.');
}

function said(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.done;
}

function positionsBefore(moves: readonly Move[]) {
  return new Map(moves.flatMap(({ partition, from }) => (from === null ? [] : [[partition, from] as const])));
}

async function destinationOf({ to, toFile }: ResetOptions): Promise<Destination> {
  if ((to === undefined) === (toFile === undefined))
    throw new HeadraceError(
      'WRONG_RESET',
      'Where do the positions go? Give "--to" with "earliest", "latest", "start" or an instant, or "--to-file"; and one of the two.',
    );
  if (toFile !== undefined) return { positions: await readPositions(toFile) };
  return { to: parseResetTarget(to as string, Date.now()) };
}
