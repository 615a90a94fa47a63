import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInComponents, createRegistry, HeadraceError } from '@headrace/core';
import type { Component, OperatorDefinition, RecordBatch, SinkDefinition, SourceDefinition } from '@headrace/core';
import { concatMap, Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { TopologyError } from './topology-error.ts';
import { TopologyTestDriver } from './topology-test-driver.ts';
import type { TestDriverOptions } from './topology-test-driver.ts';

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'country', type: 'string' },
  ],
};

const routing = {
  headrace: 1,
  name: 'routing',
  run: {
    commitInterval: '1s',
    onError: { decode: 'deadLetter', deliver: 'deadLetter' },
    deadLetter: { sink: 'letters' },
  },
  sources: { orders: { type: 'in', key: 'string', value: { codec: 'json', schema: order } } },
  operators: {
    paid: { type: 'filter', input: 'orders', where: 'amount > 0.0' },
    priced: { type: 'map', input: 'paid', set: { total: 'amount * 2.0' } },
    region: { type: 'branch', input: 'priced', cases: [{ port: 'eu', where: "country == 'DE'" }] },
  },
  sinks: {
    eu: { type: 'out', input: 'region.eu' },
    rest: { type: 'out', input: 'region.unmatched' },
    letters: { type: 'out' },
  },
};

const registry = createRegistry([...builtInComponents, ...testComponents()]);
const drivers: TopologyTestDriver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.stop();
});

describe('TopologyTestDriver', () => {
  it('runs records through operators, and gives them back as the sinks would have written them', async () => {
    const driver = await start();
    await driver.send('orders', [
      { key: 'a', value: { id: 'a', amount: 1.5, country: 'DE' }, headers: { trace: 't1' }, timestamp: 1000 },
      { key: 'b', value: { id: 'b', amount: 0, country: 'DE' } },
      { key: 'c', value: { id: 'c', amount: 2, country: 'US' } },
    ]);
    expect(await driver.settle()).toBe('idle');
    const eu = driver.read('eu');
    expect(eu).toMatchObject([
      {
        key: 'a',
        value: { id: 'a', amount: 1.5, country: 'DE', total: 3 },
        timestamp: 1000,
        headers: { trace: 't1' },
        partition: 0,
      },
    ]);
    expect(JSON.parse(Buffer.from(eu[0]!.bytes.value!).toString())).toEqual(eu[0]!.value);
    expect(driver.read('rest')).toMatchObject([
      { key: 'c', value: { id: 'c', total: 4 }, timestamp: Date.parse('2026-01-01T00:00:00Z') },
    ]);
    expect(driver.read('eu')).toEqual([]);
    expect(driver.counters()).toMatchObject({
      orders: { out: 3 },
      paid: { out: 2, dropped: 1 },
      region: { eu: 1, unmatched: 1 },
      eu: { delivered: 1 },
      rest: { delivered: 1 },
    });
  });

  it('sends what cannot be decoded to the dead letters, bytes as they were, and goes on', async () => {
    const driver = await start();
    const raw = Buffer.from('{"id": "a", "amount": "much"}');
    await driver.send('orders', [paid('a'), { key: 'k', raw, headers: { trace: 't2' } }, paid('b')]);
    await driver.settle();
    expect(ids(driver, 'eu')).toEqual(['a', 'b']);
    const [letter, ...others] = driver.deadLetters();
    expect(others).toEqual([]);
    expect(Buffer.from(letter!.bytes.value!)).toEqual(raw);
    expect(Buffer.from(letter!.bytes.key!).toString()).toBe('k');
    expect(letter!.headers).toMatchObject({
      trace: 't2',
      '__headrace.errors.topology': 'routing',
      '__headrace.errors.node': 'orders',
      '__headrace.errors.stage': 'decode',
      '__headrace.errors.partition': '0',
      '__headrace.errors.offset': '1',
    });
    await driver.advance('1s');
    expect(driver.committed()).toEqual({ 'orders/0': 3 });
  });

  it('commits when virtual time has come, and not before', async () => {
    const driver = await start();
    await driver.send('orders', [paid('a'), paid('b')]);
    await driver.settle();
    await driver.advance(999);
    expect(driver.committed()).toEqual({});
    await driver.advance(1);
    expect(driver.committed()).toEqual({ 'orders/0': 2 });
  });

  it('keeps the records of a key in one partition and in order', async () => {
    const driver = await start({ partitions: { orders: 3 } });
    const keys = Array.from({ length: 60 }, (_, index) => `k${index % 7}`);
    await driver.send(
      'orders',
      keys.map((key, index) => ({ key, value: { id: `${index}`, amount: 1, country: 'DE' } })),
    );
    await driver.settle();
    const records = driver.read('eu');
    expect(records).toHaveLength(60);
    expect(new Set(records.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    for (const key of new Set(keys)) {
      const own = records.filter((record) => record.key === key);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.map(({ value }) => Number((value as { id: string }).id))).toEqual(
        keys.flatMap((other, index) => (other === key ? [index] : [])),
      );
    }
  });

  it('restarts without losing or repeating anything, and what was read stays read', async () => {
    const driver = await start();
    await driver.send('orders', [paid('a'), paid('b')]);
    await driver.settle();
    expect(ids(driver, 'eu')).toEqual(['a', 'b']);
    await driver.send('orders', paid('c'));
    await driver.restart();
    await driver.send('orders', paid('d'));
    await driver.settle();
    expect(ids(driver, 'eu')).toEqual(['c', 'd']);
    expect(driver.counters()).toMatchObject({ orders: { out: 4 }, eu: { delivered: 4 } });
    await driver.advance('1s');
    expect(driver.committed()).toEqual({ 'orders/0': 4 });
  });

  it('waits by virtual time with what a sink refuses for a while, and keeps the order', async () => {
    const driver = await start();
    driver.sinkFaults.refuseAppends({ retryAfterMs: 60_000 }, 2, 'eu');
    await driver.send('orders', paid('a'));
    expect(await driver.settle()).toBe('waiting');
    await driver.send('orders', paid('b'));
    await driver.advance('59s');
    expect(ids(driver, 'eu')).toEqual([]);
    expect(driver.committed()).toEqual({});
    await driver.advance('2m');
    expect(ids(driver, 'eu')).toEqual(['a', 'b']);
    await driver.advance('1s');
    expect(driver.committed()).toEqual({ 'orders/0': 2 });
  });

  it('sends what a sink refuses for good to the dead letters', async () => {
    const driver = await start();
    driver.sinkFaults.refuseAppends({ code: 'TOO_LARGE', message: 'Too large.' }, 1, 'eu');
    await driver.send('orders', paid('a'));
    await driver.settle();
    expect(ids(driver, 'eu')).toEqual([]);
    expect(driver.deadLetters()).toMatchObject([
      {
        headers: {
          '__headrace.errors.node': 'eu',
          '__headrace.errors.stage': 'deliver',
          '__headrace.errors.code': 'TOO_LARGE',
        },
      },
    ]);
  });

  it('delivers again what was not committed when partitions are lost, and nothing else', async () => {
    const driver = await start();
    await driver.send('orders', paid('a'));
    await driver.advance('1s');
    await driver.send('orders', paid('b'));
    await driver.settle();
    driver.log.lose(driver.log.members[0]!);
    await driver.send('orders', paid('c'));
    await driver.settle();
    expect(ids(driver, 'eu')).toEqual(['a', 'b', 'b', 'c']);
  });

  it('waits by virtual time with what an asynchronous operator holds', async () => {
    const operators = { slow: { type: 'hold', input: 'orders' } };
    const sinks = { ...routing.sinks, eu: { type: 'out', input: 'slow' }, rest: { type: 'out', input: 'orders' } };
    const driver = await start({ text: JSON.stringify({ ...routing, operators, sinks }) });
    await driver.send('orders', paid('a'));
    expect(await driver.settle()).toBe('waiting');
    expect([ids(driver, 'eu'), ids(driver, 'rest')]).toEqual([[], ['a']]);
    await driver.advance('4s');
    expect([ids(driver, 'eu'), driver.committed()]).toEqual([[], {}]);
    await driver.advance('1s');
    expect([ids(driver, 'eu'), driver.committed()]).toEqual([['a'], { 'orders/0': 1 }]);
  });

  it('gives time to what it drains', async () => {
    const operators = { slow: { type: 'hold', input: 'orders' } };
    const sinks = { ...routing.sinks, eu: { type: 'out', input: 'slow' }, rest: { type: 'out', input: 'orders' } };
    const driver = await start({ text: JSON.stringify({ ...routing, operators, sinks }) });
    await driver.send('orders', paid('a'));
    await driver.restart();
    expect([ids(driver, 'eu'), driver.committed()]).toEqual([['a'], { 'orders/0': 1 }]);
  });

  it('takes the text from a file, and paths from its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headrace-driver-'));
    try {
      await writeFile(join(folder, 'order.avsc'), JSON.stringify(order));
      const orders = { type: 'in', key: 'string', value: { codec: 'json', schema: './order.avsc' } };
      const parameters = { least: { type: 'double' } };
      const paidOnly = { type: 'filter', input: 'orders', where: 'amount > params.least' };
      const topology = {
        ...routing,
        parameters,
        sources: { orders },
        operators: { ...routing.operators, paid: paidOnly },
      };
      const file = join(folder, 'topology.json');
      await writeFile(file, JSON.stringify(topology));
      const driver = await TopologyTestDriver.create({ file, registry, parameters: { least: 0.5 } });
      drivers.push(driver);
      await driver.send('orders', [paid('a'), { key: 'b', value: { id: 'b', amount: 0.25, country: 'DE' } }]);
      await driver.settle();
      expect(ids(driver, 'eu')).toEqual(['a']);
      await expect(TopologyTestDriver.create({ file, registry })).rejects.toThrow('"least"');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('throws the error of a run that fails, once, and fails again at the same record', async () => {
    const driver = await start({ text: JSON.stringify({ ...routing, run: { deadLetter: { sink: 'letters' } } }) });
    await driver.send('orders', [paid('a'), { raw: Buffer.from('{') }]);
    await expect(driver.settle()).rejects.toMatchObject({ code: 'BAD_JSON', place: { split: 'orders/0', offset: 1 } });
    await expect(driver.restart()).rejects.toMatchObject({ code: 'BAD_JSON' });
  });

  it('throws a failure at the end that nobody was told of', async () => {
    const driver = await TopologyTestDriver.create(options());
    driver.log.fail(driver.log.members[0]!, new HeadraceError('FENCED', 'Another took its place.'));
    await driver.clock.turn();
    await expect(driver.stop()).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('refuses an invalid topology with all that is wrong with it', async () => {
    const text = JSON.stringify({
      ...routing,
      operators: { ...routing.operators, paid: { type: 'filter', input: 'orders', where: 'amout > 0.0' } },
      sinks: { ...routing.sinks, other: { type: 'nowhere', input: 'paid' } },
    });
    const error = await TopologyTestDriver.create(options({ text })).catch(
      (thrown: unknown) => thrown as TopologyError,
    );
    expect(error).toMatchObject({ code: 'INVALID_TOPOLOGY' });
    expect((error as TopologyError).findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['UNKNOWN_FIELD', 'UNKNOWN_TYPE']),
    );
    expect((error as TopologyError).message).toContain('Did you mean "amount"?');
  });

  it('names a node that does not exist', async () => {
    const driver = await start();
    await expect(driver.send('ordrs', paid('a'))).rejects.toMatchObject({ code: 'UNKNOWN_NODE' });
    expect(() => driver.read('orders')).toThrow(expect.objectContaining({ code: 'UNKNOWN_NODE' }));
    await expect(driver.advance('10')).rejects.toMatchObject({ code: 'WRONG_DURATION' });
    await expect(TopologyTestDriver.create(options({ partitions: { eu: 2 } }))).rejects.toMatchObject({
      code: 'UNKNOWN_NODE',
    });
  });
});

function options(changes: Partial<TestDriverOptions> = {}): TestDriverOptions {
  return { text: JSON.stringify(routing), registry, ...changes };
}

async function start(changes: Partial<TestDriverOptions> = {}): Promise<TopologyTestDriver> {
  const driver = await TopologyTestDriver.create(options(changes));
  drivers.push(driver);
  return driver;
}

function paid(id: string) {
  return { key: id, value: { id, amount: 1, country: 'DE' } };
}

function ids(driver: TopologyTestDriver, sink: string): readonly string[] {
  return driver.read(sink).map(({ value }) => (value as { id: string }).id);
}

/** A source and a sink that can be typed but not run, since the driver has to replace them; and an asynchronous operator. */
function testComponents(): readonly Component[] {
  const schema = (names: readonly string[]) =>
    ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, {}])),
    }) as SourceDefinition['options'];
  const source: SourceDefinition = {
    kind: 'source',
    type: 'in',
    summary: 'Reads nothing.',
    options: schema(['key', 'value']),
    examples: [],
    infer(given, context) {
      const key = context.reads(['key'], given.key);
      const value = context.reads(['value'], given.value);
      if (key === null || value === null) return null;
      const edge = {
        kind: 'stream',
        tombstones: false,
        partitionedBy: 'unknown',
        ordered: true,
        scope: 'record',
      } as const;
      return { output: { key: key.schema, value: value.schema, ...edge }, key, value };
    },
    traits: () => ({ scope: 'single', replay: 'position', bounded: true }),
  };
  const sink: SinkDefinition = {
    kind: 'sink',
    type: 'out',
    summary: 'Writes nothing.',
    options: schema(['key', 'value']),
    examples: [],
    infer(given, input, context) {
      const defaults = { codec: null, schemaName: 'Written' };
      const key = input.key === null ? null : context.writes(['key'], given.key, input.key, defaults);
      const value = context.writes(['value'], given.value, input.value, defaults);
      return value === null ? null : { key, value };
    },
    traits: () => ({
      acknowledges: 'later',
      epochs: 'inOrder',
      concurrency: 1,
      transactional: false,
      idempotent: false,
    }),
    create() {
      throw new Error('A test must not write to the world.');
    },
  };
  // Holds each batch for five seconds of the clock that it is given.
  const hold: OperatorDefinition = {
    kind: 'operator',
    type: 'hold',
    summary: 'Holds what comes.',
    options: schema([]),
    examples: [],
    ports: () => [{ port: 'out', quiet: false }],
    infer: (_options, input) => ({ out: input }),
    traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
    create: (_options, { clock }) =>
      concatMap(
        (batch) =>
          new Observable<{ port: string; batch: RecordBatch }>((subscriber) =>
            clock.after(5000, () => {
              subscriber.next({ port: 'out', batch });
              subscriber.complete();
            }),
          ),
      ),
  };
  return [source, sink, hold];
}
