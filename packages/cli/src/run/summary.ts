import { recordTotals, type RunObservation, type TopologyGraph } from '@headrace/core';

/** What is said of a run at its end: one line, and the same as fields. */
export interface Summary {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Sums a run up: what was read, delivered, dropped for which reason, and made a dead letter. */
export function summarize(graph: TopologyGraph, { records }: RunObservation, durationMs: number): Summary {
  const { read, delivered, dropped, deadLettered } = recordTotals(graph, records);
  const letters = Object.values(deadLettered).reduce((sum, each) => sum + each, 0);
  const reasons = dropped.filter((each) => each.records > 0);
  const lost = reasons.reduce((sum, each) => sum + each.records, 0);
  const parts = [`${String(read)} record${read === 1 ? '' : 's'} read`, `${String(delivered)} delivered`];
  if (lost > 0) {
    const list = reasons.map((each) => `${String(each.records)} at ${each.node}.${each.reason}`);
    parts.push(`${String(lost)} dropped (${list.join(', ')})`);
  }
  if (letters > 0) parts.push(`${String(letters)} ${letters === 1 ? 'dead letter' : 'dead letters'}`);
  return {
    text: `${graph.name}: ${parts.join(', ')} in ${(durationMs / 1000).toFixed(1)} s`,
    fields: {
      topology: graph.name,
      read,
      delivered,
      dropped: Object.fromEntries(reasons.map((each) => [`${each.node}.${each.reason}`, each.records])),
      deadLetters: letters,
      durationMs: Math.round(durationMs),
      nodes: records,
    },
  };
}

/** Tells whether a run read nothing at all, as the second one over the same files does. */
export function hasReadNothing(graph: TopologyGraph, { records }: RunObservation): boolean {
  return recordTotals(graph, records).read === 0;
}
