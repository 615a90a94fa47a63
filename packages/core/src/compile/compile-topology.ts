import type { NodeContext } from '../component/contexts.ts';
import type { AsyncNode } from '../component/operator.ts';
import type { TurnLine } from '../component/stepper.ts';
import type { PlannedSource, TopologyPlan } from '../plan/topology-plan.ts';
import type { Columns } from '../record/columns.ts';
import type { NodeId, Split } from '../record/record-batch.ts';
import { asyncContext } from './async-context.ts';
import { compileStages, parameterValues, type StageContext } from './compile-stages.ts';
import { deadLetterMaker, type DeadLetterMaker } from './dead-letters.ts';
import type { CountSink } from '../telemetry/counters.ts';
import { wireTask, type TaskHost, type WiredTask } from './wire-task.ts';

/** A plan whose stages are built; tasks are wired from it. */
export interface CompiledTopology {
  readonly plan: TopologyPlan;
  /** Wires the RxJS graph of one incarnation of a task that reads `source`. */
  wire(source: PlannedSource, host: TaskHost): WiredTask;
  readonly deadLetters: DeadLetterMaker;
  /** Returns what waits until the schemas are there that records of a source name; null where they name none. */
  preparer(source: PlannedSource): Preparer | null;
}

/** Waits until records can be decoded; null where there is nothing to wait for. */
export type Preparer = (columns: Columns, signal: AbortSignal) => Promise<void> | null;

/** What compiling needs from outside. */
export interface CompileContext extends StageContext {
  readonly counters: CountSink;
  /** Where calls of asynchronous nodes wait for their turn. */
  readonly turns: TurnLine;
  nodeContext(node: NodeId): NodeContext;
}

/** Turns a plan into what tasks are wired from. */
export function compileTopology(plan: TopologyPlan, context: CompileContext): CompiledTopology {
  const stages = compileStages(plan, context);
  const asyncNodes = new Map<NodeId, AsyncNode>();
  const facts = {
    registry: context.registry,
    parameters: parameterValues(plan.graph),
    nodeTimeoutMs: plan.graph.run.nodeTimeoutMs,
    counters: context.counters,
    turns: context.turns,
    marks: context.marks,
    splitOrigin: (split: Split) => context.splitOrigin(split),
  };
  for (const { node } of plan.asyncNodes.values()) {
    if (node.definition.create !== undefined)
      asyncNodes.set(
        node.id,
        node.definition.create(node.options, asyncContext(node, context.nodeContext(node.id), facts)),
      );
  }
  return {
    plan,
    wire: (source, host) => wireTask(plan, source, { stages, asyncNodes, marks: context.marks }, host),
    preparer: ({ node }) => context.frames?.preparer(node.key, node.value) ?? null,
    deadLetters: deadLetterMaker(plan, (split) => context.splitOrigin(split)),
  };
}
