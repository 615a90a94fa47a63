const CYCLE = 146_097 * 86_400_000; // 400 years, after which the calendar repeats, days of the week included
const FIRST = Date.UTC(1800, 0, 1); // before the first standard time: the sun's own time, the same for ever
const LAST = Date.UTC(2500, 0, 1); // after all rules that tables list one by one
const BLOCK = 16 * 86_400_000;
const PROBE = BLOCK / 2;

interface Change {
  readonly at: number;
  readonly offset: number;
}

/**
 * Gives the offsets of a time zone of the IANA database, as the engine's `Intl` knows it. Each sixteen days of the calendar
 * are looked up once and kept: a formatter takes microseconds for each question. No zone has ever changed twice within a week.
 */
export class NamedZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, number | readonly Change[]>();

  /** Throws a `RangeError` where the name means no zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  offsetAt(ms: number): number {
    const at = inTable(ms);
    const index = Math.floor(at / BLOCK);
    let block = this.#blocks.get(index);
    if (block === undefined) this.#blocks.set(index, (block = this.#fill(index * BLOCK)));
    if (typeof block === 'number') return block;
    let offset = block[0]!.offset;
    for (const change of block) if (change.at <= at) offset = change.offset;
    return offset;
  }

  // One number where nothing changes, else the offset at the start of the block and each change after it.
  #fill(start: number): number | readonly Change[] {
    const changes: Change[] = [{ at: start, offset: this.#ask(start) }];
    for (let from = start; from < start + BLOCK; from += PROBE) {
      const end = from + PROBE;
      const last = this.#ask(end);
      let { offset } = changes.at(-1)!;
      for (let at = from; offset !== last;) {
        at = this.#nextChange(at, end, offset);
        offset = this.#ask(at);
        changes.push({ at, offset });
      }
    }
    return changes.length === 1 ? changes[0]!.offset : changes;
  }

  // Clocks change at whole seconds.
  #nextChange(from: number, to: number, offset: number): number {
    let [low, high] = [from / 1000, to / 1000];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }

  #ask(ms: number): number {
    // "12/31/1969, 19:00:00"
    const [month, day, year, hour, minute, second] = this.#format.format(ms).match(/\d+/g)!.map(Number) as Six;
    return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
  }
}

type Six = [number, number, number, number, number, number];

function inTable(ms: number): number {
  if (ms < FIRST) return FIRST;
  if (ms < LAST) return ms;
  return LAST - CYCLE + ((ms - LAST) % CYCLE);
}
