import { Subject, type Observable, type Subscription } from 'rxjs';
import type { Clock } from '../component/clock.ts';
import type { AsyncNode } from '../component/operator.ts';
import { asHeadraceError, HeadraceError } from '../errors/headrace-error.ts';
import type { Port } from '../record/record-batch.ts';
import { TaskBatch } from '../record/task-batch.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';
import { EpochalNode } from './epochal-node.ts';
import { guarded } from './guarded.ts';
import { BatchMaker } from './node-run.ts';

/** What an asynchronous node gives to the task that it runs for. */
export interface AsyncNodeHost {
  readonly node: string;
  readonly type: string;
  readonly input: EdgeType;
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  readonly clock: Clock;
  /** How long the output of a node that is subscribed per epoch may go on after its input has completed. */
  readonly timeoutMs: number;
  /** Returns what looks at values of a type. */
  fit(type: ValueType): (value: unknown) => unknown;
  /** Counts records of this node under a reason. */
  count(reason: string, records: number): void;
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

/** Subscribes an asynchronous node, once per incarnation or once per epoch; the next epoch's batches wait until its output has completed. */
export function runAsyncNode(node: AsyncNode, host: AsyncNodeHost): RunningAsyncNode {
  return host.perEpoch ? new EpochalNode(node, host) : new ContinuousNode(node, host);
}

function subscribe(
  node: AsyncNode,
  host: AsyncNodeHost,
  input: Observable<TaskBatch>,
  maker: BatchMaker,
  complete: () => void,
): Subscription {
  return node(input, maker).subscribe(
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
      (error) => host.fail(asHeadraceError(error, 'NODE_FAILED', { node: host.node })),
      complete,
    ),
  );
}

class ContinuousNode implements RunningAsyncNode {
  readonly #input = new Subject<TaskBatch>();
  readonly #subscription: Subscription;

  constructor(node: AsyncNode, host: AsyncNodeHost) {
    this.#subscription = subscribe(node, host, this.#input, new BatchMaker(host.node, host.outputs), () => {
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
