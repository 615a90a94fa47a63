import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import jsonc from 'jsonc-parser';
import { startRegistry, type Registry } from '../registry/real/apicurio.ts';
import { startHeadrace } from './headrace-process.ts';
import { runJava } from './interop/run-java.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopics, uniqueName } from './topics.ts';

const workspace = fileURLToPath(new URL('../../', import.meta.url));

interface Golden {
  rows: number;
  columns: string[];
  sha256: string;
}

interface Written {
  clusters: { main: object };
  sources: Record<string, { topic?: string }>;
  sinks: Record<string, { topic?: string; value?: unknown }>;
}

function codecOf(value: unknown): object {
  return typeof value === 'string' ? { codec: value } : (value as object);
}

/** Prints rows as the recorded results are printed: columns in order, the price of q1 with three decimals, lines sorted by their bytes. */
function printed(rows: Record<string, unknown>[], columns: string[], query: string): string[] {
  const cell = (row: Record<string, unknown>, column: string): unknown =>
    query === 'q1' && column === 'price' ? (row[column] as number).toFixed(3) : row[column];
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((column) => [column, cell(row, column)]))),
  );
  return lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describeKafka('Nexmark as Avro behind ids of a real schema registry', (bootstrap) => {
  let registry: Registry | null = null;
  const folder = mkdtempSync(path.join(tmpdir(), 'headrace-framed-'));
  const prefix = uniqueName('framed');
  const env = { KAFKA_BROKERS: bootstrap };

  /** The example's topology with a registry in its cluster, topics of its own, and schemas that its sinks register. */
  const framed = (name: string): string => {
    const file = path.join(folder, `${name}.json`);
    const topology = jsonc.parse(readFileSync(`${workspace}topologies/nexmark/${name}.json`, 'utf8')) as Written;
    Object.assign(topology.clusters.main, { registry: { url: (registry as Registry).url } });
    Object.assign(topology, { group: `${prefix}-${name}` });
    for (const node of [...Object.values(topology.sources), ...Object.values(topology.sinks)])
      if (node.topic !== undefined) node.topic = node.topic.replace('nexmark', prefix);
    for (const sink of Object.values(topology.sinks))
      if (sink.topic !== undefined) sink.value = { ...codecOf(sink.value), register: true };
    writeFileSync(file, JSON.stringify(topology));
    return file;
  };

  beforeAll(async () => {
    registry = await startRegistry();
    cpSync(`${workspace}topologies/nexmark/schemas`, path.join(folder, 'schemas'), { recursive: true });
    const topics = ['person', 'auction', 'bid', 'q0', 'q1', 'q2'];
    await createTopics(bootstrap, Object.fromEntries(topics.map((topic) => [`${prefix}-${topic}`, { partitions: 4 }])));
    const events = `${workspace}test/golden/nexmark/events-20000.ndjson.gz`;
    const args = ['run', framed('collect'), '--from', 'earliest', '--set', `events=${events}`];
    const collect = startHeadrace(args, { env });
    expect(await collect.exited, collect.stderr).toEqual({ code: 0, signal: null });
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['q0', 'q1', 'q2'])('gives the recorded rows of %s to the Java client and Avro of Apache', async (query) => {
    const file = `${workspace}test/golden/nexmark/results-20000/${query}.json`;
    const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
    const run = startHeadrace(['run', framed(query), '--until-end'], { env });
    expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
    const output = await runJava('ReadFramed.java', [bootstrap, (registry as Registry).url, `${prefix}-${query}`]);
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.length).toBe(golden.rows);
    const hash = createHash('sha256');
    for (const line of printed(rows, golden.columns, query)) hash.update(`${line}\n`);
    expect(hash.digest('hex')).toBe(golden.sha256);
  });
});
