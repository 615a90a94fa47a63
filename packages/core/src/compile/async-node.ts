import { Subject, type Observable, type Subscription } from 'rxjs';
import type { AsyncNode } from '../component/operator.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Port } from '../record/record-batch.ts';
import { TaskBatch, type Place } from '../record/task-batch.ts';
import { guarded } from './guarded.ts';

/** What an asynchronous node gives to the task that it runs for. */
export interface AsyncNodeHost {
  readonly node: string;
  readonly place: Place;
  /** Whether the node is subscribed once per epoch, its input completing at the end. */
  readonly perEpoch: boolean;
  /** Puts a result into the task's inbox: it runs in a later step, never inside the node's own call. */
  deliver(port: Port, batch: TaskBatch): void;
  /** Says that an epoch has passed a node that is subscribed per epoch. */
  passed(): void;
  fail(error: unknown): void;
}

/** An asynchronous node within one incarnation of a task. */
export interface RunningAsyncNode {
  accept(batch: TaskBatch): void;
  /** Says that nothing of this epoch will come any more: completes the input of a node that is subscribed per epoch. */
  epochOver(epoch: number): void;
  /** Whether the node is done with an epoch. */
  passed(epoch: number): boolean;
  stop(): void;
}

interface Run {
  readonly epoch: number;
  readonly input: Subject<TaskBatch>;
  subscription: Subscription | null;
  completed: boolean;
}

/** Subscribes an asynchronous node, once per incarnation or once per epoch; the next epoch's batches wait until its output has completed. */
export function runAsyncNode(node: AsyncNode, host: AsyncNodeHost): RunningAsyncNode {
  return host.perEpoch ? new EpochalNode(node, host) : new ContinuousNode(node, host);
}

function subscribe(
  node: AsyncNode,
  host: AsyncNodeHost,
  input: Observable<TaskBatch>,
  complete: () => void,
): Subscription {
  return node(input).subscribe(
    guarded(
      ({ port, batch }) => {
        if (!(batch instanceof TaskBatch))
          throw new HeadraceError(
            'FOREIGN_BATCH',
            `Node "${host.node}" emitted a batch that it did not derive from its input.`,
            { place: { node: host.node } },
          );
        host.deliver(port, batch);
      },
      (error) => host.fail(error),
      complete,
    ),
  );
}

class ContinuousNode implements RunningAsyncNode {
  readonly #input = new Subject<TaskBatch>();
  readonly #subscription: Subscription;

  constructor(node: AsyncNode, host: AsyncNodeHost) {
    this.#subscription = subscribe(node, host, this.#input, () => {
      host.fail(
        new HeadraceError('NODE_COMPLETED', `Node "${host.node}" completed its output while its input goes on.`, {
          place: { node: host.node },
        }),
      );
    });
  }

  accept(batch: TaskBatch): void {
    this.#input.next(batch);
  }
  epochOver(): void {}
  passed(): boolean {
    return true;
  }
  stop(): void {
    this.#subscription.unsubscribe();
  }
}

class EpochalNode implements RunningAsyncNode {
  readonly #node: AsyncNode;
  readonly #host: AsyncNodeHost;
  readonly #waiting: TaskBatch[] = [];
  readonly #over = new Set<number>();
  #run: Run | null = null;

  constructor(node: AsyncNode, host: AsyncNodeHost) {
    this.#node = node;
    this.#host = host;
  }

  accept(batch: TaskBatch): void {
    this.#run ??= this.#start(batch.epoch);
    if (this.#run.epoch !== batch.epoch) this.#waiting.push(batch);
    else if (this.#run.completed) batch.release();
    else this.#run.input.next(batch);
  }

  epochOver(epoch: number): void {
    if (this.passed(epoch)) return;
    this.#over.add(epoch);
    if (this.#run?.epoch !== epoch) return;
    if (this.#run.completed) this.#next();
    else this.#run.input.complete();
  }

  passed(epoch: number): boolean {
    return this.#run?.epoch !== epoch && !this.#waiting.some((batch) => batch.epoch === epoch);
  }

  stop(): void {
    this.#run?.subscription?.unsubscribe();
  }

  #start(epoch: number): Run {
    const run: Run = { epoch, input: new Subject<TaskBatch>(), subscription: null, completed: false };
    run.subscription = subscribe(this.#node, this.#host, run.input, () => {
      run.completed = true;
      if (this.#over.has(epoch)) this.#next();
    });
    return run;
  }

  /** Goes on with the next epoch that waits. An early completion ended the rest of its epoch: what still came was released. */
  #next(): void {
    if (this.#run !== null) this.#over.delete(this.#run.epoch);
    this.#run = null;
    const epoch = this.#waiting[0]?.epoch;
    if (epoch !== undefined) {
      this.#run = this.#start(epoch);
      const batches = this.#waiting.splice(0);
      for (const batch of batches) this.accept(batch);
      if (this.#over.has(epoch)) this.epochOver(epoch);
    }
    this.#host.passed();
  }
}
