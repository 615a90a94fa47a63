import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InMemoryLog, VirtualClock } from '@headrace/testing';
import { describe, expect, it } from 'vitest';
import { metricFamilies, metricsOf } from '../../packages/cli/src/monitoring/metrics-text.ts';
import { append, elapse, runOverLog, until } from '../runtime/run-over-log.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8');

interface Documented {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Reads the rows of the page's table of metrics. */
function documented(): readonly Documented[] {
  return [...page.matchAll(/^\| `(headrace_\w+)` *\| (\w+) *\| (.*?) *\| (.*?) *\|$/gm)].map(
    ([, name = '', type = '', labels = '', help = '']) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
      help,
    }),
  );
}

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the exposition format strictly, as the page of Prometheus describes it. */
function parse(text: string): { readonly types: ReadonlyMap<string, string>; readonly series: readonly Series[] } {
  const types = new Map<string, string>();
  const series: Series[] = [];
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line);
    if (type !== null) {
      expect(types.has(type[1] ?? '')).toBe(false);
      types.set(type[1] ?? '', type[2] ?? '');
      continue;
    }
    if (line.startsWith('# HELP ')) continue;
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match === null) throw new Error(`no line of the format: ${line}`);
    const [, name = '', labels = '', value = ''] = match;
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g)];
    expect(pairs.map(([all]) => all).join('')).toBe(labels);
    series.push({ name, value: Number(value), labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])) });
  }
  return { types, series };
}

const topology = {
  name: 'scraped',
  run: { onError: { process: 'skip' } },
  sources: { in: { type: 'kafka', topic: 'in', value: 'json' } },
  operators: {
    paid: { type: 'filter', input: 'in', where: 'bool(paid)' },
    size: { type: 'branch', input: 'paid', cases: [{ port: 'big', where: 'int(n) > 100' }] },
  },
  sinks: { out: { type: 'kafka', input: 'size.big', topic: 'out', value: 'json' } },
};

async function scrape(): Promise<ReturnType<typeof parse>> {
  const clock = new VirtualClock();
  const log = new InMemoryLog({ clock });
  log.createTopic('in', 2);
  log.createTopic('out', 1);
  await append(log, 'in', 0, [{ n: 200, paid: true }, { n: 1, paid: true }, { n: 1, paid: false }, 8]);
  const { running, graph } = runOverLog(topology, { log, clock });
  await until(clock, () => running.counters.get('out', 'delivered') === 1);
  await elapse(clock, 1100);
  const text = await metricsOf(graph, () => running.observe()).read();
  await running.drain();
  return parse(text);
}

describe('the page of metrics', () => {
  it('lists every metric with its type, its labels and what it says, and no other', () => {
    expect(documented()).toEqual(metricFamilies.map(({ name, type, labels, help }) => ({ name, type, labels, help })));
  });

  it('describes all that a scrape gives, and a scrape gives all that it describes', async () => {
    const { types, series } = await scrape();
    const own = [...types].filter(([name]) => name.startsWith('headrace_'));
    expect(own.map(([name, type]) => ({ name, type }))).toEqual(documented().map(({ name, type }) => ({ name, type })));
    for (const name of types.keys()) expect(name).toMatch(/^(?:headrace|process|nodejs)_/);
    for (const { name, type, labels } of documented()) {
      const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      for (const suffix of suffixes) {
        const found = series.filter((one) => one.name === `${name}${suffix}`);
        expect(found.length, name).toBeGreaterThan(0);
        const expected = ['topology', ...labels, ...(suffix === '_bucket' ? ['le'] : [])].sort();
        for (const one of found) {
          expect(Object.keys(one.labels).sort()).toEqual(expected);
          expect(one.labels['topology']).toBe('scraped');
        }
      }
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
    }
    const keys = series.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is right about a run', async () => {
    const { series } = await scrape();
    const value = (name: string, labels: Record<string, string>): number | undefined =>
      series.find((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text))
        ?.value;
    expect(value('headrace_records_in_total', { node: 'in', kind: 'source' })).toBe(4);
    expect(value('headrace_records_out_total', { node: 'size', port: 'big' })).toBe(1);
    expect(value('headrace_records_delivered_total', { node: 'out' })).toBe(1);
    expect(value('headrace_records_dropped_total', { node: 'paid', reason: 'dropped' })).toBe(1);
    expect(value('headrace_records_dropped_total', { node: 'paid', reason: 'skipped' })).toBe(1);
    expect(value('headrace_records_dropped_total', { node: 'size', reason: 'unmatched' })).toBe(1);
    expect(value('headrace_records_failed_total', { node: 'paid' })).toBe(1);
    expect(value('headrace_records_dead_lettered_total', { node: 'paid' })).toBe(0);
    expect(value('headrace_topology_state', { state: 'running' })).toBe(1);
    expect(value('headrace_topology_state', { state: 'failed' })).toBe(0);
    expect(value('headrace_tasks', { node: 'in' })).toBe(2);
    expect(value('headrace_commits_total', { node: 'in' })).toBe(1);
    expect(value('headrace_open_epochs', { node: 'in' })).toBe(0);
    expect(value('headrace_write_duration_seconds_bucket', { node: 'out', le: '+Inf' })).toBe(1);
    expect(value('headrace_memory_limit_bytes', {})).toBe(512 * 1024 * 1024);
  });

  it('keeps two runs in one process apart', async () => {
    const [first, second] = await Promise.all([scrape(), scrape()]);
    for (const { series } of [first, second])
      expect(series.find(({ name }) => name === 'headrace_records_delivered_total')?.value).toBe(1);
  });
});
