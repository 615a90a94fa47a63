/** One thing that can go wrong, how it begins and how it is made good. */
export interface RandomFault {
  readonly name: string;
  begin(): Promise<void> | void;
  heal(): Promise<void> | void;
}

/** A period of a schedule: which faults are there, and for how long. */
export interface Period {
  readonly faults: readonly string[];
  readonly ms: number;
}

const quietShare = 0.25;
const shortestMs = 10_000;
const longestMs = 20_000;

/**
 * Draws a schedule as Jepsen does: periods of 10 to 20 seconds, each with a random subset of the faults, a quarter of them
 * with none. The same seed gives the same schedule.
 */
export function drawSchedule(names: readonly string[], totalMs: number, random: () => number): Period[] {
  const periods: Period[] = [];
  for (let left = totalMs; left > 0;) {
    const ms = Math.min(left, Math.round(shortestMs + random() * (longestMs - shortestMs)));
    const isQuiet = random() < quietShare;
    const drawn = names.filter(() => random() < 0.4);
    const one = names[Math.floor(random() * names.length)];
    const some = drawn.length > 0 || one === undefined ? drawn : [one];
    periods.push({ faults: isQuiet ? [] : some, ms });
    left -= ms;
  }
  return periods;
}
