import type { RunObservation } from '@headrace/core';

/** Returns why a run is not ready, or null: ready is a run that has its share of the work and whose tasks all run. */
export function unreadiness({ state, assigned, changing, tasks }: RunObservation): string | null {
  if (state !== 'running') return `the topology is ${state}`;
  if (!assigned) return 'the group has not given out its partitions yet';
  const running = tasks.filter((task) => task.running).length;
  if (changing === 0 && running === tasks.length) return null;
  return `${String(running)} of ${String(tasks.length)} tasks run, ${String(changing)} are beginning or ending`;
}
