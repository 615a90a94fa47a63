import { performance } from 'node:perf_hooks';
import type { RunObservation, TopologyGraph } from '@headrace/core';
import { Liveness } from './liveness.ts';
import type { MetricsText } from './metrics-text.ts';
import type { MonitorAddress } from './monitor-address.ts';
import { serveMonitor, type Answer, type MonitorServer } from './monitor-server.ts';
import { unreadiness } from './readiness.ts';

/** Serves `/livez`, `/readyz` and `/metrics` of a run. `observe` gives null as long as there is no run yet. */
export function monitorRun(
  address: MonitorAddress,
  graph: TopologyGraph,
  observe: () => RunObservation | null,
): Promise<MonitorServer> {
  const liveness = new Liveness(graph);
  let metrics: Promise<MetricsText> | null = null;
  return serveMonitor(address, {
    '/livez': () => {
      const observed = observe();
      return health('live', observed === null ? null : liveness.check(observed, performance.now()));
    },
    '/readyz': () => {
      const observed = observe();
      return health('ready', observed === null ? 'the topology is not started' : unreadiness(observed));
    },
    '/metrics': async () => {
      const observed = observe();
      if (observed === null) return { status: 503, text: 'the topology is not started\n' };
      // Most runs on a developer's machine are never scraped: the library is loaded by the first scrape.
      metrics ??= import('./metrics-text.ts').then(({ metricsOf }) => metricsOf(graph, () => observe() ?? observed));
      const { contentType, ...text } = await metrics;
      return { status: 200, text: await text.read(), contentType };
    },
  });
}

function health(name: string, reason: string | null): Answer {
  return reason === null ? { status: 200, text: `${name}\n` } : { status: 503, text: `not ${name}: ${reason}\n` };
}
