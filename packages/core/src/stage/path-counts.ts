import type { NodeId } from '../record/record-batch.ts';
import type { FailureRoute, Stage, StageNode } from './stage.ts';

/** Counts for each exit by how many ways a record may reach it from the head: at most so many rows it gives there; infinitely many behind a step that makes records. */
export function pathCounts(stage: Stage): readonly number[] {
  const counts = Array.from({ length: stage.exits }, () => 0);
  const ways = new Map<NodeId, readonly number[]>();
  const waysFrom = (id: NodeId): readonly number[] => {
    const known = ways.get(id);
    if (known !== undefined) return known;
    const result = Array.from({ length: stage.exits }, () => 0);
    const node = stage.nodes[id] as StageNode;
    const times = node.ops.some(({ op }) => op === 'each' || op === 'process') ? Infinity : 1;
    for (const target of targetsOf(node)) {
      if (typeof target === 'number') result[target] = (result[target] as number) + times;
      else
        waysFrom(target).forEach((more, exit) => {
          if (more > 0) result[exit] = (result[exit] as number) + more * times;
        });
    }
    ways.set(id, result);
    return result;
  };
  return stage.nodes[stage.head] === undefined ? counts : waysFrom(stage.head);
}

function targetsOf(node: StageNode): readonly (NodeId | number)[] {
  const routes: (FailureRoute | undefined)[] = [node.onError, ...Object.values(node.onErrorOf ?? {})];
  const exits = new Set(routes.flatMap((route) => (typeof route === 'object' ? [route.exit] : [])));
  return [...Object.values(node.ports).flat(), ...exits];
}
