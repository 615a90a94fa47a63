import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { builtInComponents, createRegistry } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import { describe, expect, it } from 'vitest';

// The whole recorded set lies where NEXMARK_GOLDEN says; a small part of it is here.
const whole = process.env['NEXMARK_GOLDEN'];
const golden =
  whole === undefined ? fileURLToPath(new URL('../../test/golden/nexmark/', import.meta.url)) : `${whole}/`;
const [input, recorded] = whole === undefined ? ['events-20000', 'results-20000'] : ['events', 'results'];
const events = gunzipSync(readFileSync(`${golden}${input}.ndjson.gz`))
  .toString()
  .trim()
  .split('\n');

interface Event {
  type: string;
  event: Record<string, unknown>;
}

interface Golden {
  rows: number;
  columns: string[];
  sha256: string;
}

/** Prints a row as the recorded results are printed; they have the price of q1 with three decimals. */
function printed(row: Record<string, unknown>, columns: string[], query: string): string {
  const value = (column: string): unknown =>
    query === 'q1' && column === 'price' ? (row[column] as number).toFixed(3) : row[column];
  return JSON.stringify(Object.fromEntries(columns.map((column) => [column, value(column)])));
}

describe('the topologies of Nexmark', () => {
  it.each(['q0', 'q1', 'q2'])(
    'give the recorded rows of %s',
    async (query) => {
      const { rows, columns, sha256 } = JSON.parse(
        readFileSync(`${golden}${recorded}/${query}.json`, 'utf8'),
      ) as Golden;
      const driver = await TopologyTestDriver.create({
        file: fileURLToPath(new URL(`./${query}.json`, import.meta.url)),
        registry: createRegistry([...builtInComponents, ...kafkaComponents]),
        partitions: { bids: 4 },
      });
      const bids = events.map((line) => JSON.parse(line) as Event).filter(({ type }) => type === 'bid');
      await driver.send(
        'bids',
        bids.map(({ event }) => ({ key: String(event['auction']), value: event })),
      );
      await driver.settle();
      const results = driver.read('results');
      await driver.stop();
      expect(results.length).toBe(rows);
      const lines = results
        .map(({ value }) => Buffer.from(printed(value as Record<string, unknown>, columns, query)))
        .sort((a, b) => Buffer.compare(a, b));
      expect(
        createHash('sha256')
          .update(lines.map((line) => `${line.toString()}\n`).join(''))
          .digest('hex'),
      ).toBe(sha256);
    },
    300_000,
  );
});
