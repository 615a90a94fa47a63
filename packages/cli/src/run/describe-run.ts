import path from 'node:path';
import { describePlan, formatPlan, type Parameter, type TopologyPlan } from '@headrace/core';
import type { MonitorAddress } from '../monitoring/monitor-address.ts';
import type { RunScope } from './run-scope.ts';

/** What a run would be made of. */
export interface RunOutline {
  readonly plan: TopologyPlan;
  readonly scope: RunScope;
  readonly brokers: readonly string[];
  readonly monitor: MonitorAddress | null;
}

const endings = {
  bounded: 'at the end of its sources as of the start, in a group and a state directory of its own',
  untilEnd: 'at the end of its sources as of the start; it goes on from what is committed',
  never: 'when it is told to, or at the end of its sources if they have one',
} as const;

/** Describes a run that does not happen: what it would use, which functions it would load, and its plan. */
export function describeRun({ plan, scope, brokers, monitor }: RunOutline): string {
  const { graph } = plan;
  const usesKafka = [...graph.nodes.values()].some(({ type }) => type === 'kafka');
  const files = new Set(graph.functions.flatMap(({ origin }) => (origin === null ? [] : [origin.file])));
  const rows: [string, string][] = [
    ['guarantee', graph.run.guarantee],
    ['ends', endings[scope.ends ?? 'never']],
    ['state directory', path.relative('.', scope.stateDirectory) || '.'],
    ...(usesKafka
      ? ([
          ['brokers', brokers.join(', ')],
          ['group', scope.group],
        ] as [string, string][])
      : []),
    ['health, metrics', monitor === null ? 'off' : `http://${monitor.host}:${String(monitor.port)}`],
    ['functions', files.size === 0 ? 'none' : [...files].sort().join(', ')],
    ...[...graph.parameters.values()].map((each): [string, string] => [`parameter ${each.name}`, shown(each)]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return [`"${graph.name}" can run; nothing was started.`, ...lines, '', formatPlan(describePlan(plan))].join('\n');
}

function shown({ secret, value }: Parameter): string {
  if (secret) return '***';
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)) ?? 'not set';
}
