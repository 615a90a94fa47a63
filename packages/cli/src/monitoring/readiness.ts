import type { RunObservation } from '@headrace/core';

/** Returns why a run is not ready, or null: ready is a run that has its share of the work, whose tasks all run, and whose partitions are all being read. */
export function unreadiness({ state, assigned, changing, tasks }: RunObservation): string | null {
  if (state !== 'running') return `the topology is ${state}`;
  if (!assigned) return 'the group has not given out its partitions yet';
  const running = tasks.filter((task) => task.running).length;
  const silent = tasks.find(({ reading }) => reading?.isReading === false);
  if (changing === 0 && running === tasks.length)
    return silent === undefined ? null : `"${silent.split}" is not being read yet`;
  return `${String(running)} of ${String(tasks.length)} tasks run, ${String(changing)} are beginning or ending`;
}
