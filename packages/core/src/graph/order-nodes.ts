/** A node and the nodes that it reads, by id. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** The order in which nodes can be typed, and the cycles that keep others from it. */
export interface NodeOrder {
  /** Every node after all that it reads; nodes in a cycle or behind one are absent. */
  readonly order: readonly string[];
  /** One list of ids a cycle, in the direction of the records, the first not repeated. */
  readonly cycles: readonly (readonly string[])[];
}

/** Orders nodes so that each stands after what it reads, keeping the file's order where it can; never recursive. */
export function orderNodes(dependencies: Dependencies): NodeOrder {
  const waiting = new Map<string, number>();
  const readers = new Map<string, string[]>();
  for (const [id, reads] of dependencies) {
    const known = [...new Set(reads)].filter((other) => dependencies.has(other));
    waiting.set(id, known.length);
    for (const other of known) {
      const list = readers.get(other);
      if (list === undefined) readers.set(other, [id]);
      else list.push(id);
    }
  }
  const order: string[] = [];
  const settle = (ready: string[], visit: (id: string) => void) => {
    for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
      waiting.delete(id);
      visit(id);
      for (const reader of readers.get(id) ?? []) {
        const left = (waiting.get(reader) ?? 0) - 1;
        if (!waiting.has(reader)) continue;
        waiting.set(reader, left);
        if (left === 0) ready.push(reader);
      }
    }
  };
  settle(
    [...waiting].filter(([, count]) => count === 0).map(([id]) => id),
    (id) => order.push(id),
  );
  const cycles: string[][] = [];
  const position = new Map([...dependencies.keys()].map((id, index) => [id, index]));
  while (waiting.size > 0) {
    const cycle = fromFirst(findCycle(dependencies, waiting), position);
    cycles.push(cycle);
    // Taking the whole cycle away frees what is only behind it; what is left has cycles of its own.
    settle([...cycle], () => undefined);
  }
  return { order, cycles };
}

// Every node left waits for another one left: walking upstream must come back.
function findCycle(dependencies: Dependencies, left: ReadonlyMap<string, number>): string[] {
  const walked = new Map<string, number>();
  let at = left.keys().next().value as string;
  while (!walked.has(at)) {
    walked.set(at, walked.size);
    at = (dependencies.get(at) ?? []).find((other) => left.has(other)) as string;
  }
  return [...walked.keys()].slice(walked.get(at)).reverse();
}

function fromFirst(cycle: readonly string[], position: ReadonlyMap<string, number>): string[] {
  let from = 0;
  cycle.forEach((id, i) => {
    if ((position.get(id) as number) < (position.get(cycle[from] as string) as number)) from = i;
  });
  return [...cycle.slice(from), ...cycle.slice(0, from)];
}
