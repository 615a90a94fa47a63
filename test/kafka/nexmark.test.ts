import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import { beforeAll, expect, it } from 'vitest';
import { consumeAll } from './consume-all.ts';
import { committedOffsets } from './group-offsets.ts';
import { startHeadrace } from './headrace-process.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopics, partitionRanges } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const workspace = fileURLToPath(new URL('../../', import.meta.url));
const topics = ['person', 'auction', 'bid', 'q0', 'q1', 'q2'];

interface Golden {
  rows: number;
  columns: string[];
  sha256: string;
}

function typeOf(name: string): avsc.Type {
  return avsc.Type.forSchema(
    JSON.parse(readFileSync(`${workspace}topologies/nexmark/schemas/${name}.avsc`, 'utf8')) as avsc.Schema,
  );
}

/** Prints rows as the recorded results are printed: columns in order, the price of q1 with three decimals, lines sorted by their bytes. */
function printed(rows: Record<string, unknown>[], columns: string[], query: string): string[] {
  const line = (row: Record<string, unknown>): string =>
    JSON.stringify(
      Object.fromEntries(
        columns.map((column) => [
          column,
          query === 'q1' && column === 'price' ? (row[column] as number).toFixed(3) : row[column],
        ]),
      ),
    );
  return rows.map(line).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describeKafka('Nexmark on real Kafka', (bootstrap) => {
  const env = { KAFKA_BROKERS: bootstrap };
  beforeAll(async () => {
    await createTopics(bootstrap, Object.fromEntries(topics.map((topic) => [`nexmark-${topic}`, { partitions: 4 }])));
    const collect = startHeadrace(['run', 'topologies/nexmark/collect.json', '--from', 'earliest'], { env });
    expect(await collect.exited, collect.stderr).toEqual({ code: 0, signal: null });
  });

  const countOf = async (topic: string): Promise<number> =>
    (await partitionRanges(bootstrap, topic)).reduce((sum, { start, end }) => sum + end - start, 0);

  it('has 20,000 events in three topics of four partitions, as Avro', async () => {
    let all = 0;
    for (const name of ['person', 'auction', 'bid']) {
      const records = await consumeAll(bootstrap, `nexmark-${name}`);
      const type = typeOf(name);
      for (const { key, value } of records) {
        const row = type.fromBuffer(value as Buffer) as { id?: number; auction?: number };
        expect(key?.toString()).toBe(String(name === 'bid' ? row.auction : row.id));
      }
      expect(new Set(records.map(({ partition }) => partition)).size).toBe(4);
      all += records.length;
    }
    expect(all).toBe(20_000);
  });

  it.each(['q0', 'q1', 'q2'])('gives the recorded rows of %s, and commits all that it read', async (query) => {
    const golden = JSON.parse(
      readFileSync(`${workspace}test/golden/nexmark/results-20000/${query}.json`, 'utf8'),
    ) as Golden;
    const run = startHeadrace(['run', `topologies/nexmark/${query}.json`], { env });
    await waitUntil(
      () => countOf(`nexmark-${query}`),
      (count) => count >= golden.rows,
      { what: `${query} has written ${String(golden.rows)} rows`, deadlineMs: 120_000 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${run.stderr}`);
    });
    run.kill('SIGTERM');
    expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
    const type = typeOf(query);
    const rows = (await consumeAll(bootstrap, `nexmark-${query}`)).map(
      ({ value }) => type.fromBuffer(value as Buffer) as Record<string, unknown>,
    );
    expect(rows.length).toBe(golden.rows);
    const lines = printed(rows, golden.columns, query);
    expect(
      createHash('sha256')
        .update(lines.map((line) => `${line}\n`).join(''))
        .digest('hex'),
    ).toBe(golden.sha256);
    const committed = await committedOffsets(bootstrap, `nexmark-${query}`, 'nexmark-bid');
    const ends = await partitionRanges(bootstrap, 'nexmark-bid');
    expect(committed.map(({ partition, offset }) => [partition, offset])).toEqual(
      ends.map(({ partition, end }) => [partition, end]),
    );
  });
});
