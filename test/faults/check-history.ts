import type { CommitSample, History, Recompute, SeenRecord, WrittenRecord } from './history.ts';

/** What a history can be guilty of, in Jepsen's words where it has one. */
export type Anomaly =
  /** Below the committed offset, and in no output. */
  | 'lost-write'
  /** Not in an output although a later record of its key is. */
  | 'poll-skip'
  /** Neither committed nor in an output when all is healed and drained. */
  | 'unseen-after-heal'
  /** In an output again after its epoch was committed. */
  | 'duplicate'
  /** In an output although its transaction was aborted. */
  | 'aborted-read'
  /** In an output although nobody wrote it, or it belongs elsewhere, or has another value. */
  | 'wrong-read'
  /** First seen after a later record of its key; or a commit that goes back. */
  | 'nonmonotonic'
  /** Committed before it was in an output; or a commit behind the end of what was written. */
  | 'inconsistent-offset';

/** One thing that is wrong. */
export interface Finding {
  readonly anomaly: Anomaly;
  readonly branch: string;
  readonly partition: number;
  /** The `seq` of the record, or the offset of a commit. */
  readonly at: number;
  readonly detail: string;
}

/** What a check found, and how often records were repeated as at-least-once allows: after the last committed epoch. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly repeats: number;
  /** Repeats that a worker wrote which had lost its partitions while it was stopped; nothing fences a producer without transactions. */
  readonly zombieRepeats: number;
  readonly checked: number;
}

/** Checks a history by recomputation. */
export function checkHistory(history: History, recompute: Recompute): Verdict {
  const check = new HistoryCheck(history, recompute);
  return check.run();
}

class HistoryCheck {
  readonly #history: History;
  readonly #recompute: Recompute;
  readonly #written = new Map<string, WrittenRecord>();
  readonly #findings: Finding[] = [];
  #repeats = 0;
  #zombieRepeats = 0;

  constructor(history: History, recompute: Recompute) {
    this.#history = history;
    this.#recompute = recompute;
    for (const record of history.written) this.#written.set(nameOf(record), record);
  }

  run(): Verdict {
    const { branches, rejected = [], written } = this.#history;
    this.#checkCommits();
    for (const [branch, results] of Object.entries(branches)) {
      const isRejected = (record: WrittenRecord): boolean => this.#recompute(record, branch) === 'rejected';
      // Dead letters are in a log of their own: nothing is known of their order against the results.
      this.#checkBranch(branch, [results, rejected.filter((seen) => this.#is(seen, isRejected))]);
    }
    for (const letter of rejected)
      if (!Object.keys(branches).some((branch) => this.#is(letter, (of) => this.#recompute(of, branch) === 'rejected')))
        this.#find('wrong-read', 'rejected', letter, 'nothing is wrong with the record');
    return {
      findings: this.#findings,
      repeats: this.#repeats,
      zombieRepeats: this.#zombieRepeats,
      checked: written.length,
    };
  }

  #is(seen: SeenRecord, holds: (record: WrittenRecord) => boolean): boolean {
    const record = this.#written.get(nameOf(seen));
    return record !== undefined && holds(record);
  }

  #checkBranch(branch: string, logs: readonly (readonly SeenRecord[])[]): void {
    const first = new Map<string, SeenRecord>();
    const last = new Map<string, number>();
    for (const log of logs) {
      const lastHere = new Map<string, number>();
      for (const seen of log) {
        if (!this.#isRight(branch, seen)) continue;
        const name = nameOf(seen);
        if (first.has(name)) {
          this.#checkRepeat(branch, seen);
          continue;
        }
        first.set(name, seen);
        const before = lastHere.get(seen.key) ?? -1;
        if (seen.seq < before) this.#find('nonmonotonic', branch, seen, `first seen after ${before} of its key`);
        else lastHere.set(seen.key, seen.seq);
        last.set(seen.key, Math.max(last.get(seen.key) ?? -1, seen.seq));
      }
    }
    this.#checkMissing(branch, first, last);
    this.#checkCommittedBefore(branch, first);
  }

  #isRight(branch: string, seen: SeenRecord): boolean {
    const record = this.#written.get(nameOf(seen));
    const wrong = (detail: string): false => {
      this.#find('wrong-read', branch, seen, detail);
      return false;
    };
    if (record === undefined) return wrong('nobody wrote it');
    if (record.aborted === true) {
      this.#find('aborted-read', branch, seen, 'its transaction was aborted');
      return false;
    }
    const expected = this.#recompute(record, branch);
    if (seen.key !== record.key) return wrong(`the key is "${seen.key}" instead of "${record.key}"`);
    if (expected === null) return wrong('it ought to be filtered out');
    const actual = seen.result ?? 'rejected';
    return actual === expected || wrong(`the result is ${actual} instead of ${expected}`);
  }

  /** A repeat is right only where the record was not committed yet when its second appearance was written. */
  #checkRepeat(branch: string, seen: SeenRecord): void {
    const { samples, zombies = [] } = this.#history;
    const record = this.#written.get(nameOf(seen)) as WrittenRecord;
    const before = samples.findLast(({ answeredAt }) => answeredAt < seen.appendedAt);
    const committed = before?.committed.get(record.partition) ?? 0;
    if (record.offset >= committed) this.#repeats++;
    else if (zombies.some(({ from, to }) => from <= seen.appendedAt && seen.appendedAt <= to)) this.#zombieRepeats++;
    else this.#find('duplicate', branch, seen, `again although everything below offset ${committed} was committed`);
  }

  #checkMissing(branch: string, first: ReadonlyMap<string, SeenRecord>, last: ReadonlyMap<string, number>): void {
    const committed = this.#history.samples.at(-1)?.committed ?? new Map<number, number>();
    for (const record of this.#history.written) {
      if (record.aborted === true) continue;
      const expected = this.#recompute(record, branch);
      const isCommitted = record.offset < (committed.get(record.partition) ?? 0);
      if (expected === null) {
        if (!isCommitted) this.#find('unseen-after-heal', branch, record, 'filtered out, and never committed');
      } else if (!first.has(nameOf(record))) {
        if (isCommitted) this.#find('lost-write', branch, record, 'committed, and in no output');
        else if ((last.get(record.key) ?? -1) > record.seq)
          this.#find('poll-skip', branch, record, 'in no output, although a later record of its key is');
        else this.#find('unseen-after-heal', branch, record, 'never committed, and in no output');
      } else if (!isCommitted) this.#find('unseen-after-heal', branch, record, 'in an output, and never committed');
    }
  }

  /** Whatever is below a commit that somebody saw was in an output by then. */
  #checkCommittedBefore(branch: string, first: ReadonlyMap<string, SeenRecord>): void {
    const due = new Map<number, WrittenRecord[]>();
    for (const record of this.#history.written.toSorted((a, b) => a.offset - b.offset)) {
      const list = due.get(record.partition) ?? [];
      list.push(record);
      due.set(record.partition, list);
    }
    const next = new Map<number, number>();
    for (const sample of this.#history.samples)
      for (const [partition, committed] of sample.committed) {
        const records = due.get(partition) ?? [];
        let at = next.get(partition) ?? 0;
        for (let record = records[at]; record !== undefined && record.offset < committed; record = records[++at])
          this.#checkWasSeen(branch, record, first.get(nameOf(record)), sample);
        next.set(partition, at);
      }
  }

  #checkWasSeen(branch: string, record: WrittenRecord, seen: SeenRecord | undefined, sample: CommitSample): void {
    if (seen === undefined || seen.appendedAt <= sample.answeredAt) return;
    const late = seen.appendedAt - sample.answeredAt;
    this.#find('inconsistent-offset', branch, record, `in an output ${late} ms after its commit was seen`);
  }

  #checkCommits(): void {
    const ends = new Map<number, number>();
    for (const { partition, offset } of this.#history.written)
      ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
    const highest = new Map<number, number>();
    for (const { committed } of this.#history.samples)
      for (const [partition, offset] of committed) {
        const before = highest.get(partition) ?? 0;
        const place = { partition, seq: offset };
        if (offset < before) this.#find('nonmonotonic', 'commits', place, `the commit went back from ${before}`);
        else highest.set(partition, offset);
        // Markers of transactions stand behind the last record: one each.
        const end = ends.get(partition) ?? 0;
        if (offset > end + this.#markers(partition))
          this.#find('inconsistent-offset', 'commits', place, `the last record stands before offset ${end}`);
      }
  }

  #markers(partition: number): number {
    return this.#history.markers?.get(partition) ?? 0;
  }

  #find(
    anomaly: Anomaly,
    branch: string,
    { partition, seq }: { partition: number; seq: number },
    detail: string,
  ): void {
    this.#findings.push({ anomaly, branch, partition, at: seq, detail });
  }
}

function nameOf({ partition, seq }: { readonly partition: number; readonly seq: number }): string {
  return `${partition}/${seq}`;
}
