import type { TopicPartition } from '@headrace/core';
import { topicPartition } from '../topic-partition.ts';

/** A member as the assignor sees it. */
export interface AssignableMember {
  readonly id: string;
  readonly topics: ReadonlySet<string>;
  /** What it says that it owns. */
  readonly owned: readonly TopicPartition[];
}

/** What is to be assigned, and to whom. */
export interface AssignmentRequest {
  readonly members: readonly AssignableMember[];
  /** The number of partitions of each topic. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly coPartitioned: readonly (readonly string[])[];
}

/** Who may work on what from now on. */
export interface TaskAssignment {
  readonly assigned: ReadonlyMap<string, readonly TopicPartition[]>;
  /** Tells whether something is to be given back, so that the rest can be assigned in a later generation. */
  readonly moving: boolean;
}

/** Partitions that go together, and the place of each member with them. */
interface Task {
  /** Tasks of one kind read the same topics. */
  readonly kind: number;
  readonly partitions: readonly TopicPartition[];
  readonly eligible: readonly Place[];
  /** Who owns all of it that is owned at all; null where nobody does, or more than one. */
  readonly incumbent: Place | null;
  place: Place | null;
}

interface Place {
  readonly member: AssignableMember;
  readonly tasks: Set<Task>;
  /** How many of its tasks are of a kind. */
  readonly kinds: number[];
}

/**
 * Assigns tasks to members: each to one that reads its topics, as many to each as to any other (give or take one), as few moved as
 * that allows, tasks of one kind spread. The order of members is of no importance; only their ids decide where nothing else does.
 *
 * A task goes to its new owner only when nobody else owns any of it: what has to move is left out, so that its owner gives it back, and is
 * assigned in a later generation (the cooperative protocol, KIP-429). What two members claim is left out for both.
 */
export function assignTasks({ members, partitions, coPartitioned }: AssignmentRequest): TaskAssignment {
  const places = members
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((member): Place => ({ member, tasks: new Set(), kinds: [] }));
  const claims = claimsOf(places);
  const tasks = tasksOf(places, claims, partitions, coPartitioned);
  for (const task of tasks) if (task.incumbent !== null) put(task, task.incumbent);
  for (const task of tasks) if (task.place === null) putWhereLeast(task);
  while (moveOne(places));
  return handOut(places, tasks, claims);
}

type Claims = ReadonlyMap<TopicPartition, readonly Place[]>;

function claimsOf(places: readonly Place[]): Claims {
  const claims = new Map<TopicPartition, Place[]>();
  for (const place of places)
    for (const partition of new Set(place.member.owned)) {
      const claimants = claims.get(partition);
      if (claimants === undefined) claims.set(partition, [place]);
      else claimants.push(place);
    }
  return claims;
}

function tasksOf(
  places: readonly Place[],
  claims: Claims,
  partitions: AssignmentRequest['partitions'],
  coPartitioned: AssignmentRequest['coPartitioned'],
): Task[] {
  const topics = [...partitions.keys()].sort();
  const together = new Map(coPartitioned.flatMap((set) => set.map((topic) => [topic, set] as const)));
  const kinds = new Set<readonly string[]>();
  for (const topic of topics) kinds.add(together.get(topic) ?? [topic]);
  return [...kinds].flatMap((set, kind) => {
    const known = set.filter((topic) => partitions.has(topic)).sort();
    const eligible = places.filter(({ member }) => known.every((topic) => member.topics.has(topic)));
    const count = Math.max(...known.map((topic) => partitions.get(topic) as number));
    return Array.from({ length: count }, (_, number): Task => {
      const names = known
        .filter((topic) => number < (partitions.get(topic) as number))
        .map((topic) => topicPartition(topic, number));
      const owners = new Set(names.flatMap((name) => claims.get(name) ?? []));
      const [owner] = owners;
      const incumbent = owners.size === 1 && owner !== undefined && eligible.includes(owner) ? owner : null;
      return { kind, partitions: names, eligible, incumbent, place: null };
    });
  });
}

function put(task: Task, place: Place): void {
  const { place: before, kind } = task;
  if (before !== null) {
    before.tasks.delete(task);
    before.kinds[kind] = kindsAt(before, kind) - 1;
  }
  task.place = place;
  place.tasks.add(task);
  place.kinds[kind] = kindsAt(place, kind) + 1;
}

function putWhereLeast(task: Task): void {
  let best: Place | null = null;
  for (const place of task.eligible) if (best === null || isLess(place, best, task.kind)) best = place;
  if (best !== null) put(task, best);
}

function isLess(a: Place, b: Place, kind: number): boolean {
  if (a.tasks.size !== b.tasks.size) return a.tasks.size < b.tasks.size;
  return kindsAt(a, kind) < kindsAt(b, kind);
}

const kindsAt = (place: Place, kind: number): number => place.kinds[kind] ?? 0;

/** Moves one task from a member to one that has two less, the largest first; tells whether there was such a move. */
function moveOne(places: readonly Place[]): boolean {
  const bySize = places.toSorted((a, b) => b.tasks.size - a.tasks.size);
  for (const from of bySize) {
    const receivers = bySize.filter((place) => place.tasks.size <= from.tasks.size - 2).reverse();
    for (const to of receivers) {
      const task = taskToMove(from, to);
      if (task === null) continue;
      put(task, to);
      return true;
    }
  }
  return false;
}

/** Prefers what is not owned anyway, then the kind of which the receiver has least beside the giver, then the last. */
function taskToMove(from: Place, to: Place): Task | null {
  let best: Task | null = null;
  let bestRank = -Infinity;
  for (const task of from.tasks) {
    if (!task.eligible.includes(to)) continue;
    const rank = (task.incumbent === from ? 0 : 1e9) + kindsAt(from, task.kind) - kindsAt(to, task.kind);
    if (rank < bestRank) continue;
    best = task;
    bestRank = rank;
  }
  return best;
}

function handOut(places: readonly Place[], tasks: readonly Task[], claims: Claims): TaskAssignment {
  const assigned = new Map<string, TopicPartition[]>(places.map(({ member }) => [member.id, []]));
  const owners = new Map<TopicPartition, Place>();
  let moving = false;
  for (const { place, partitions } of tasks) {
    if (place === null) continue;
    const isFree = partitions.every((name) => (claims.get(name) ?? []).every((claimant) => claimant === place));
    if (!isFree) {
      moving = true;
      continue;
    }
    assigned.get(place.member.id)?.push(...partitions);
    for (const name of partitions) owners.set(name, place);
  }
  for (const [name, claimants] of claims) if (claimants.some((place) => owners.get(name) !== place)) moving = true;
  return { assigned, moving };
}
