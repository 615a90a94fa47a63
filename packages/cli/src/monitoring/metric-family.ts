import type { RecordTotals, RunObservation, TopologyGraph } from '@headrace/core';

/** What metrics are read from: one look at a run. */
export interface MetricsInput {
  readonly graph: TopologyGraph;
  readonly observed: RunObservation;
  readonly totals: RecordTotals;
}

/** One value of a metric. `suffix` is what histograms put behind the name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** A metric: its name by the conventions of Prometheus, what it says, its labels beside `topology`, and how it is read. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (input: MetricsInput) => readonly Sample[];
}
