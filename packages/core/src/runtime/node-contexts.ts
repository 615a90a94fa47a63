import path from 'node:path';
import type { Clock } from '../component/clock.ts';
import type { NodeContext, SinkContext, SourceContext } from '../component/contexts.ts';
import type { Log } from '../component/log.ts';
import type { SinkNode, SourceNode, TopologyGraph } from '../graph/topology-graph.ts';
import type { NodeId, Split, TaskId } from '../record/record-batch.ts';

/** What the contexts of all nodes of a run share. */
export interface RunFacts {
  readonly graph: TopologyGraph;
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly bounded: boolean;
  readonly fresh: boolean;
  log(): Promise<Log>;
  splits(task: TaskId): readonly Split[];
  singleTask(sink: NodeId): boolean;
}

/** Makes the context of any node. */
export function nodeContext(node: NodeId, facts: RunFacts): NodeContext {
  return {
    node,
    topology: facts.graph.name,
    clock: facts.clock,
    resolvePath: (file) => path.resolve(facts.graph.directory, file),
    stateDirectory: facts.stateDirectory,
    bounded: facts.bounded,
    fresh: facts.fresh,
    log: () => facts.log(),
  };
}

/** Makes the context of a source. */
export function sourceContext(node: SourceNode, facts: RunFacts): SourceContext {
  return { ...nodeContext(node.id, facts), key: node.key, value: node.value };
}

/** Makes the context of a sink. */
export function sinkContext(node: SinkNode, facts: RunFacts): SinkContext {
  return {
    ...nodeContext(node.id, facts),
    key: node.key,
    value: node.value,
    singleTask: facts.singleTask(node.id),
    splits: (task) => facts.splits(task),
  };
}
