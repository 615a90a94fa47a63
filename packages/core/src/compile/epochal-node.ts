import { Subject, type Subscription } from 'rxjs';
import type { AsyncNode } from '../component/operator.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { Port } from '../record/record-batch.ts';
import { RunAccount } from '../record/run-account.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { sameType } from '../types/same-type.ts';
import type { AsyncNodeHost, RunningAsyncNode } from './async-node.ts';
import { guarded } from './guarded.ts';
import { BatchMaker } from './node-run.ts';

interface Run {
  readonly epoch: number;
  readonly input: Subject<TaskBatch>;
  readonly account: RunAccount;
  readonly maker: BatchMaker;
  /** Batches that were taken, by the handle that the node got. */
  readonly given: Set<TaskBatch>;
  subscription: Subscription | null;
  cancelTimeout: (() => void) | null;
  completed: boolean;
  taken: number;
  emitted: number;
}

/**
 * Subscribes a node once per epoch. At the epoch's end its input completes; the epoch passes when its output has completed, and the
 * next epoch's batches wait until then. What the node took and did not emit is counted and released at the end.
 */
export class EpochalNode implements RunningAsyncNode {
  readonly #node: AsyncNode;
  readonly #host: AsyncNodeHost;
  readonly #waiting: TaskBatch[] = [];
  readonly #over = new Set<number>();
  #run: Run | null = null;
  #stopped = false;

  constructor(node: AsyncNode, host: AsyncNodeHost) {
    this.#node = node;
    this.#host = host;
  }

  accept(batch: TaskBatch): void {
    if (this.#stopped) return;
    this.#run ??= this.#start(batch);
    const run = this.#run;
    if (run.epoch !== batch.epoch) {
      this.#waiting.push(batch);
      return;
    }
    run.taken += batch.rows;
    if (run.completed) {
      batch.release();
      return;
    }
    const given = batch.under(run.account);
    batch.release();
    run.given.add(given);
    // One that stays, so that batches can be made of it whatever the node does with its own.
    run.maker.took(given.retain());
    run.input.next(given);
  }

  epochOver(epoch: number): void {
    if (this.passed(epoch)) return;
    this.#over.add(epoch);
    const run = this.#run;
    if (run?.epoch !== epoch) return;
    if (run.completed) {
      this.#next();
      return;
    }
    run.cancelTimeout = this.#host.clock.after(this.#host.timeoutMs, () => this.#fail(this.#timeout()));
    run.input.complete();
  }

  passed(epoch: number): boolean {
    return this.#run?.epoch !== epoch && !this.#waiting.some((batch) => batch.epoch === epoch);
  }

  stop(): void {
    this.#stopped = true;
    this.#run?.cancelTimeout?.();
    this.#run?.subscription?.unsubscribe();
  }

  #start(first: TaskBatch): Run {
    const { epoch } = first;
    const outer = first.account;
    const run: Run = {
      epoch,
      input: new Subject<TaskBatch>(),
      account: new RunAccount(outer),
      maker: new BatchMaker(this.#host.node, this.#host.outputs),
      given: new Set(),
      subscription: null,
      cancelTimeout: null,
      completed: false,
      taken: 0,
      emitted: 0,
    };
    try {
      run.subscription = this.#node(run.input, run.maker).subscribe(
        guarded(
          ({ port, batch }) => {
            const there = this.#emitted(run, port, batch);
            run.emitted += there.rows;
            this.#host.deliver(port, there.under(outer));
          },
          (error) => this.#fail(error),
          () => this.#completed(run),
        ),
      );
    } catch (error) {
      this.#fail(error);
    }
    return run;
  }

  /** Looks at what a node emitted: its own batches of this epoch, with values of the type that it declares. */
  #emitted(run: Run, port: Port, batch: unknown): TaskBatch {
    const edge = this.#host.outputs[port];
    if (!(batch instanceof TaskBatch) || batch.account !== run.account)
      throw new HeadraceError(
        'FOREIGN_BATCH',
        `Node "${this.#host.node}" emitted a batch that is none of this epoch's.`,
        {
          place: { node: this.#host.node },
        },
      );
    if (edge === undefined || (run.given.has(batch) && sameType(edge.value, this.#host.input.value))) return batch;
    const fit = this.#host.fit(edge.value);
    if (batch.values.kind !== 'objects') return batch;
    const items = batch.values.items.map((value) => (value === null ? null : fit(value)));
    const columns = { ...columnsOf(batch), values: { kind: 'objects', items } } as const;
    const checked = batch.derive(columns, batch.ordinals, batch.failures, 0);
    return batch.selection === null ? checked : checked.view(batch.selection);
  }

  #completed(run: Run): void {
    run.completed = true;
    run.cancelTimeout?.();
    if (this.#over.has(run.epoch) && this.#run === run) this.#next();
  }

  /** Ends the run, and goes on with the next epoch that waits. */
  #next(): void {
    const run = this.#run as Run;
    this.#over.delete(run.epoch);
    if (run.taken > run.emitted) this.#host.count(this.#host.type, run.taken - run.emitted);
    run.account.end();
    this.#run = null;
    const epoch = this.#waiting[0]?.epoch;
    if (epoch !== undefined) {
      const batches = this.#waiting.splice(0);
      for (const batch of batches) this.accept(batch);
      if (this.#over.has(epoch)) this.epochOver(epoch);
    }
    this.#host.passed();
  }

  #fail(error: unknown): void {
    if (!this.#stopped) this.#host.fail(asHeadraceError(error, 'NODE_FAILED', { node: this.#host.node }));
  }

  #timeout(): HeadraceError {
    const { node, timeoutMs } = this.#host;
    const message = `Node "${node}" did not complete its output within ${String(timeoutMs)} ms after its input of an epoch had completed. Allow more with "nodeTimeout" in "run".`;
    return new HeadraceError('NODE_TIMEOUT', message, { place: { node } });
  }
}

function columnsOf({ count, offsets, timestamps, keys, values, headers }: TaskBatch) {
  return { count, offsets, timestamps, keys, values, headers };
}
