import { Subject } from 'rxjs';
import type { Clock } from '../component/clock.ts';
import type { AsyncNode } from '../component/operator.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { AsyncPort, PlannedAsyncNode, PlannedSource, TopologyPlan } from '../plan/topology-plan.ts';
import type { NodeId, Port } from '../record/record-batch.ts';
import type { Place, TaskBatch } from '../record/task-batch.ts';
import { fitValue } from '../stage/fit-value.ts';
import { isDynamic } from '../types/edge-type.ts';
import type { CountSink } from '../telemetry/counters.ts';
import { marker, type TurnMarks } from '../telemetry/turn-marks.ts';
import { runAsyncNode, type AsyncNodeHost, type RunningAsyncNode } from './async-node.ts';
import type { CompiledStage } from './compile-stages.ts';
import { guarded } from './guarded.ts';
import { stageOutputs } from './stage-outputs.ts';

/** What a compiled topology needs of the task that it runs for. */
export interface TaskHost {
  readonly counters: CountSink;
  readonly clock: Clock;
  /** The number of the place of an asynchronous node or a sink. */
  placeOf(node: NodeId): Place;
  /** Takes a batch for a sink; the batch is counted at the sink's place. */
  toSink(sink: NodeId, batch: TaskBatch): void;
  /** Queues a batch that an asynchronous node emitted; `run` is called in a later step. */
  toInbox(run: () => void): void;
  /** Lets a stage that has taken long enough go on; `run` is called in the next step, before all else. */
  goOn(run: () => void): void;
  /** Asks for a step, because an epoch may have passed a node. */
  wake(): void;
  fail(error: unknown): void;
}

/** The RxJS graph of one incarnation of a task. */
export interface WiredTask {
  /** Takes a batch at the head. */
  accept(batch: TaskBatch): void;
  /** Takes what a sink refused to the readers of its port `error`. */
  acceptErrors(sink: NodeId, batch: TaskBatch): void;
  readonly asyncNodes: ReadonlyMap<NodeId, RunningAsyncNode>;
  stop(): void;
}

/** What tasks are wired from. */
export interface CompiledParts {
  readonly stages: readonly CompiledStage[];
  readonly asyncNodes: ReadonlyMap<NodeId, AsyncNode>;
  readonly marks?: TurnMarks | undefined;
}

/** Joins the stages, asynchronous nodes and sinks that a source reaches by Observables that carry batches. */
export function wireTask(
  plan: TopologyPlan,
  source: PlannedSource,
  { stages, asyncNodes, marks }: CompiledParts,
  host: TaskHost,
): WiredTask {
  const inputs = new Map<number, Subject<TaskBatch>>(
    source.reaches.stages.map((stage) => [stage, new Subject<TaskBatch>()]),
  );
  const enter = (stage: number, batch: TaskBatch): void => (inputs.get(stage) as Subject<TaskBatch>).next(batch);
  const fail = (error: unknown): void => host.fail(error);
  const running = new Map<NodeId, RunningAsyncNode>();
  for (const id of source.reaches.asyncNodes) {
    const planned = plan.asyncNodes.get(id) as PlannedAsyncNode;
    running.set(
      id,
      runAsyncNode(asyncNodes.get(id) as AsyncNode, asyncHost(planned, plan.graph.run.nodeTimeoutMs, host, enter)),
    );
  }
  const entered = new Map(source.reaches.asyncNodes.map((id) => [id, marker(id, marks)]));
  const stops = source.reaches.stages.map((number) => {
    const outputs = stageOutputs(stages[number] as CompiledStage, host);
    outputs.exits.forEach((output, index) => {
      const exit = (stages[number] as CompiledStage).planned.exits[index];
      if (exit === undefined) return;
      output.subscribe(
        guarded((batch) => {
          if (exit.kind === 'stage') enter(exit.stage, batch);
          else if (exit.kind === 'async') {
            host.counters.add(exit.node, 'in', batch.rows);
            (entered.get(exit.node) as () => void)();
            (running.get(exit.node) as RunningAsyncNode).accept(moved(batch, host.placeOf(exit.node)));
          } else host.toSink(exit.sink, moved(batch, host.placeOf(exit.sink)));
        }, fail),
      );
    });
    return outputs.connect(inputs.get(number) as Subject<TaskBatch>);
  });
  return {
    accept: (batch) => enter(source.stage, batch),
    acceptErrors: (sink, batch) => enter(plan.sinkErrors.get(sink) as number, moved(batch, 0)),
    asyncNodes: running,
    stop() {
      for (const stop of stops) stop();
      for (const node of running.values()) node.stop();
    },
  };
}

/** Counts a batch at another place: the new handle is born before the old one is released. */
function moved(batch: TaskBatch, place: Place): TaskBatch {
  const there = batch.at(place);
  batch.release();
  return there;
}

function asyncHost(
  planned: PlannedAsyncNode,
  timeoutMs: number,
  host: TaskHost,
  enter: (stage: number, batch: TaskBatch) => void,
): AsyncNodeHost {
  const { id: node, type, input, outputs, definition, options } = planned.node;
  return {
    node,
    type,
    input,
    outputs,
    clock: host.clock,
    timeoutMs,
    perEpoch: definition.traits(options).holds === 'epoch',
    fit: (value) => (isDynamic(value) ? null : fitValue({ kind: 'dyn' }, value, 'value')) ?? ((same) => same),
    count: (reason, records) => host.counters.add(node, reason, records),
    fail: (error: unknown) => host.fail(error),
    passed: () => host.wake(),
    deliver(port: Port, batch: TaskBatch): void {
      host.toInbox(() => {
        const target = planned.ports[port];
        host.counters.add(node, reasonOf(port, target), batch.rows);
        if (target === undefined)
          throw new HeadraceError(
            'UNKNOWN_PORT',
            `Node "${node}" emitted to the port "${port}", which it does not declare.`,
            { place: { node } },
          );
        if ('stage' in target) enter(target.stage, moved(batch, 0));
        else if (target.unconnected === 'fail' && port === 'error') throw firstFailure(node, batch);
        else batch.release();
      });
    },
  };
}

/** What the records of a port are counted as: what becomes of failures counts as it does in stages. */
function reasonOf(port: Port, target: AsyncPort | undefined): string {
  if (target === undefined) return port;
  if ('stage' in target) return target.letters === true ? 'deadLetter' : port;
  return port === 'error' && target.unconnected === 'skip' ? 'skipped' : port;
}

function firstFailure(node: NodeId, batch: TaskBatch): HeadraceError {
  const failure = batch.failures?.[batch.row(0)];
  return new HeadraceError(failure?.code ?? 'NODE_FAILED', failure?.message ?? `Node "${node}" refused a record.`, {
    place: {
      node,
      split: batch.split,
      ...(failure === undefined || failure === null ? {} : { offset: failure.offset }),
    },
  });
}
