import path from 'node:path';
import { StateDirectory } from '@headrace/core';
import { clusterNeeds, type KafkaAdmin } from '@headrace/kafka';
import { confirm, terminal, type Asking } from '../deploy/confirm.ts';
import { openTopology, type OnlineOptions, type OpenedTopology } from '../deploy/open-topology.ts';
import { requireNoMembers } from '../deploy/reset-plan.ts';
import { withAdmin } from '../deploy/with-admin.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';

/** The options of `delete`. */
export interface DeleteOptions extends OnlineOptions {
  readonly topics?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** One thing that a topology left, in words, and how it is taken away; returns what was done. */
interface Left {
  readonly what: string;
  readonly remove: () => Promise<string>;
}

/** Takes away what a topology left: its group, its state directory, and its topics where that is asked for. Returns the exit code. */
export async function deleteTopology(
  file: string,
  options: DeleteOptions,
  asking: Asking = terminal(),
): Promise<number> {
  let redact: (text: string) => string = (text) => text;
  try {
    const topology = await openTopology(file, options);
    if (topology === null) return exitCodes.wrongInput;
    ({ redact } = topology);
    const state = await StateDirectory.lock(path.resolve(topology.graph.run.stateDirectory));
    try {
      const ofState = state === null ? [] : [stateLeft(state)];
      const needs = clusterNeeds(topology.graph);
      const usesCluster = needs.group !== null || (options.topics === true && needs.topics.length > 0);
      if (!usesCluster) return await removeAll(ofState, topology, options, asking);
      return await withAdmin(topology, async (admin) => {
        const left = [
          ...(await groupLeft(admin, needs.group)),
          ...ofState,
          ...(await topicsLeft(admin, topology, options)),
        ];
        return removeAll(left, topology, options, asking);
      });
    } finally {
      await state?.release();
    }
  } catch (error) {
    return reportError(error, redact);
  }
}

async function removeAll(
  left: readonly Left[],
  { graph, redact }: OpenedTopology,
  options: DeleteOptions,
  asking: Asking,
): Promise<number> {
  const say = (text: string): void => void process.stdout.write(`${redact(text)}\n`);
  const kept = clusterNeeds(graph).topics.filter(({ create }) => create !== null);
  if (options.topics !== true && kept.length > 0)
    say(`topics that stay, unless "--topics" is given: ${kept.map(({ topic }) => `"${topic}"`).join(', ')}`);
  if (left.length === 0) {
    say(`"${graph.name}" left nothing else.`);
    return exitCodes.done;
  }
  for (const { what } of left) say(what);
  if (options.dryRun === true || (options.yes !== true && !(await confirm('Delete all of this?', asking)))) {
    say('Nothing was deleted.');
    return exitCodes.done;
  }
  for (const { remove } of left) say(await remove());
  return exitCodes.done;
}

async function groupLeft(admin: KafkaAdmin, group: string | null): Promise<Left[]> {
  if (group === null) return [];
  await requireNoMembers(admin, group);
  const { state } = await admin.groups.describe(group);
  if (state === 'Dead') return [];
  const positions = await admin.groups.positions(group);
  return [
    {
      what: `group "${group}": ${count(positions.size, 'position')}`,
      remove: async () => `group "${group}" ${(await admin.groups.delete(group)) ? 'deleted' : 'was gone already'}`,
    },
  ];
}

function stateLeft(state: StateDirectory): Left {
  const shown = path.relative('.', state.path) || '.';
  const { sources } = state;
  const held = sources.length === 0 ? 'no positions' : `positions of ${sources.map((id) => `"${id}"`).join(', ')}`;
  return {
    what: `state directory ${shown}: ${held}`,
    remove: async () =>
      (await state.remove())
        ? `state directory ${shown} deleted`
        : `state directory ${shown} emptied; files that are not Headrace's stay in it`,
  };
}

/** Only topics that the topology says how to make are its own to delete; what others fill or read as well is for them to say. */
async function topicsLeft(admin: KafkaAdmin, { graph }: OpenedTopology, { topics }: DeleteOptions): Promise<Left[]> {
  if (topics !== true) return [];
  const own = clusterNeeds(graph).topics.flatMap(({ topic, create }) => (create === null ? [] : [topic]));
  const found = await admin.topics.find(own);
  const left: Left[] = [];
  for (const topic of own) {
    if (found.get(topic)?.state !== 'there') continue;
    const ranges = [...(await admin.ranges(await admin.partitions(topic))).values()];
    const offsets = ranges.reduce((sum, { low, high }) => sum + high - low, 0);
    left.push({
      what: `topic "${topic}": ${count(ranges.length, 'partition')}, ${count(offsets, 'offset')} of records`,
      remove: async () => `topic "${topic}" ${(await admin.topics.delete(topic)) ? 'deleted' : 'was gone already'}`,
    });
  }
  return left;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
