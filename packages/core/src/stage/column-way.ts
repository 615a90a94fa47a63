import { defaultPort, type NodeId, type RecordBatch } from '../record/record-batch.ts';
import { passedRows, type ExitRows, type Ways } from './exit-rows.ts';
import type { Stage } from './stage.ts';
import { passesAsRead, type StageExit } from './stage-exit.ts';

/** A way through a stage on which nobody looks at a record: whole batches take it as they are. */
export interface ColumnWay {
  /** The nodes on the way, each as often as a record comes to it. */
  readonly nodes: readonly NodeId[];
  /** The exits that every record leaves by, once each. */
  readonly exits: ReadonlySet<number>;
}

/**
 * Finds the way of all records where no node does anything and every exit takes keys and values as they were read; null where a node or
 * an exit has to look at records one by one. The head is to decode nothing that could fail.
 */
export function columnWay(stage: Stage, exits: readonly StageExit[], ways: readonly Ways[]): ColumnWay | null {
  const nodes: NodeId[] = [];
  const reached = new Set<number>();
  const follow = (id: NodeId): boolean => {
    const node = stage.nodes[id];
    if (node === undefined || node.ops.length > 0 || node.before !== undefined) return false;
    nodes.push(id);
    return (node.ports[defaultPort] ?? []).every((target) => {
      if (typeof target === 'string') return follow(target);
      reached.add(target);
      return takesColumns(exits[target], ways[target]);
    });
  };
  return follow(stage.head) ? { nodes, exits: reached } : null;
}

// Of a record that comes twice the rows would no longer lie side by side.
function takesColumns(exit: StageExit | undefined, ways: Ways | undefined): boolean {
  if (exit?.kind !== 'encoded' || exit.keeps === true || ways !== 1) return false;
  return exit.key !== null && passesAsRead(exit.key) && passesAsRead(exit.value);
}

/** Returns the selected rows `from` to `to` of a batch as they lie; null where one of them is not what the stage takes unseen. */
export function rowsAsTheyLie(batch: RecordBatch, from: number, to: number, tombstones: boolean): ExitRows | null {
  const { count, offsets, timestamps, keys, values, headers, selection, ordinals, failures } = batch;
  if (keys.kind !== 'bytes' || values.kind !== 'bytes' || failures !== null) return null;
  if (!tombstones) {
    const { starts } = values;
    for (let i = from; i < to; i++)
      if ((starts[selection === null ? i : (selection[i] as number)] as number) < 0) return null;
  }
  const columns = { count, offsets, timestamps, keys, values, headers };
  return passedRows(columns, selectionOf(batch, from, to), ordinals);
}

function selectionOf({ count, selection }: RecordBatch, from: number, to: number): Uint32Array | null {
  if (selection !== null) return selection.subarray(from, to);
  return from === 0 && to === count ? null : Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
