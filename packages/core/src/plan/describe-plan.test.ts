import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtInComponents } from '../built-in-components.ts';
import { createRegistry } from '../component/registry.ts';
import type { TopologyGraph } from '../graph/topology-graph.ts';
import { checkTopology } from '../validate/check-topology.ts';
import { describePlan, formatPlan } from './describe-plan.ts';
import { planTopology } from './plan-topology.ts';

const folder = fileURLToPath(new URL('../../../../topologies/orders/', import.meta.url));

function planOf(change: (text: string) => string = (text) => text) {
  const { graph, findings } = checkTopology(
    { text: change(readFileSync(`${folder}topology.json`, 'utf8')), file: `${folder}topology.json` },
    {
      registry: createRegistry(builtInComponents),
      env: {},
      set: {},
      purpose: 'run',
      readFile: (path) => readFileSync(path, 'utf8'),
    },
  );
  expect(findings).toEqual([]);
  return describePlan(planTopology(graph as TopologyGraph));
}

it('tells stages with the fields that they read, paths with their guarantee, and who holds up whom', () => {
  expect(formatPlan(planOf())).toBe(`orders

sub-topology of "orders": one task for each split, all on this host, until its end
  stage 0: orders, paid, priced, region, eu, rest, unreadable, rejected; reads amount, country, customerId, orderId, placedAt, quantity, status, the whole value
  sinks: eu, rest, rejected

paths
  orders -> eu: at-least-once, in order per key
  orders -> rest: at-least-once, in order per key
  orders -> rejected: at-least-once, in order per key

a sink that cannot be written to holds up
  eu holds up orders
  rest holds up orders
  rejected holds up orders`);
});

it('says where a path is weaker, and why', () => {
  const plan = planOf((text) =>
    text
      .replace('"eu": { "type": "stdout",', '"eu": { "type": "stdout", "onError": { "deliver": "skip" },')
      .replace('"headrace": 1,', '"headrace": 1, "run": { "guarantee": "best-effort" },'),
  );
  expect(plan.paths[0]).toEqual({
    source: 'orders',
    sink: 'eu',
    guarantee: 'best-effort',
    ordered: true,
    because: ['"eu" skips what it cannot deliver'],
  });
  expect(plan.nonDeterministic).toEqual([]);
});
