import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import { recordTotals, type RunObservation, type TopologyGraph } from '@headrace/core';
import type { MetricFamily, MetricsInput } from './metric-family.ts';
import { recordMetrics } from './record-metrics.ts';
import { runMetrics } from './run-metrics.ts';

/** All metrics of a run, those of the process apart. */
export const metricFamilies: readonly MetricFamily[] = [...recordMetrics, ...runMetrics];

/** Metrics as text of Prometheus's exposition format. */
export interface MetricsText {
  readonly contentType: string;
  /** Looks at the run and prints all metrics. */
  read(): Promise<string>;
}

/**
 * Makes what prints the metrics of one run and of the process. They have a registry of their own, so that several runs in one process do
 * not meet; each series has the name of the topology as a label. Nothing is counted here: a scrape reads the numbers that the run keeps.
 */
export function metricsOf(graph: TopologyGraph, observe: () => RunObservation): MetricsText {
  const registry = new Registry();
  registry.setDefaultLabels({ topology: graph.name });
  let input: MetricsInput | null = null;
  for (const family of metricFamilies) registry.registerMetric(readFrom(family, () => input as MetricsInput));
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    read() {
      const observed = observe();
      input = { graph, observed, totals: recordTotals(graph, observed.records) };
      return registry.metrics();
    },
  };
}

/** Makes a metric of the library that keeps no numbers of its own: the registry asks any metric for its values by `get`. */
function readFrom({ name, help, type, samples }: MetricFamily, input: () => MetricsInput): Metric {
  const get = () =>
    Promise.resolve({
      name,
      help,
      type,
      values: samples(input()).map(({ labels, value, suffix = '' }) => ({
        labels,
        value,
        metricName: `${name}${suffix}`,
      })),
      aggregator: 'sum',
    });
  return { name, help, get, reset: () => {} } as unknown as Metric;
}
