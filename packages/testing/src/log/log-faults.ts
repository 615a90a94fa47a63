import type { HeadraceError, Refusal } from '@headrace/core';

/** What happens to one call of `append`. */
export interface AppendFault {
  /** Refuses the rows that it names; absent for none. */
  readonly refuse?: (row: number) => RefusalReason | null;
  /** Rejects the call; `written` says whether the rows lie in the log all the same, as when only the answer got lost. */
  readonly reject?: { readonly error: HeadraceError; readonly written: boolean };
  /** Holds the acknowledgement back by so much time of the clock. */
  readonly delayMs?: number;
}

/** A refusal without its row. */
export type RefusalReason = Refusal extends infer R ? (R extends Refusal ? Omit<R, 'row'> : never) : never;

interface Planned<F> {
  readonly topic: string | null;
  readonly fault: F;
  left: number;
}

/** Faults that a test plans for the next calls of a Log; each call takes the first that is planned for its topic. */
export class LogFaults {
  #appends: Planned<AppendFault>[] = [];
  #commits: Planned<HeadraceError>[] = [];
  #reads: Planned<HeadraceError>[] = [];

  /** Plans a fault for the next `times` appends, of one topic or of any. */
  append(fault: AppendFault, times = 1, topic: string | null = null): void {
    this.#appends.push({ topic, fault, left: times });
  }

  /** Refuses every row of the next `times` appends. */
  refuseAppends(reason: RefusalReason, times = 1, topic: string | null = null): void {
    this.append({ refuse: () => reason }, times, topic);
  }

  /** Rejects the next `times` appends, nothing of them being written. */
  rejectAppends(error: HeadraceError, times = 1, topic: string | null = null): void {
    this.append({ reject: { error, written: false } }, times, topic);
  }

  /** Rejects the next `times` commits; nothing of them takes effect. */
  rejectCommits(error: HeadraceError, times = 1): void {
    this.#commits.push({ topic: null, fault: error, left: times });
  }

  /** Rejects the next `times` reads, of one topic or of any. */
  rejectReads(error: HeadraceError, times = 1, topic: string | null = null): void {
    this.#reads.push({ topic, fault: error, left: times });
  }

  /** Forgets all that was planned. */
  clear(): void {
    this.#appends = [];
    this.#commits = [];
    this.#reads = [];
  }

  /** Takes the fault of the present append, if one is planned. */
  takeAppend(topic: string): AppendFault | null {
    return take(this.#appends, topic);
  }

  /** Takes the fault of the present commit, if one is planned. */
  takeCommit(): HeadraceError | null {
    return take(this.#commits, null);
  }

  /** Takes the fault of the present read, if one is planned. */
  takeRead(topic: string): HeadraceError | null {
    return take(this.#reads, topic);
  }
}

function take<F>(planned: Planned<F>[], topic: string | null): F | null {
  const next = planned.find((one) => one.left > 0 && (one.topic === null || one.topic === topic));
  if (next === undefined) return null;
  next.left -= 1;
  return next.fault;
}
