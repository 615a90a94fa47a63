import path from 'node:path';
import { builtInComponents, createRegistry, HeadraceError } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { TopologyTestDriver } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'long' },
  ],
};
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);
const drivers: TopologyTestDriver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.stop();
});

interface Changes {
  readonly run?: Readonly<Record<string, unknown>>;
  readonly out?: Readonly<Record<string, unknown>>;
  readonly operators?: Readonly<Record<string, unknown>>;
  readonly sinks?: Readonly<Record<string, unknown>>;
}

async function start({ run = {}, out = {}, operators = {}, sinks = {} }: Changes): Promise<TopologyTestDriver> {
  const topology = {
    headrace: 1,
    name: 'refusing',
    run: { commitInterval: '1s', deadLetter: { sink: 'letters' }, ...run },
    sources: { orders: { type: 'kafka', topic: 'orders', key: 'string', value: { codec: 'json', schema: order } } },
    operators,
    sinks: {
      out: { type: 'kafka', input: 'orders', topic: 'out', key: 'string', value: 'json', ...out },
      letters: { type: 'kafka', topic: 'letters', key: 'bytes', value: 'bytes' },
      ...sinks,
    },
  };
  const driver = await TopologyTestDriver.create({
    file: path.join(import.meta.dirname, 'topology.json'),
    text: JSON.stringify(topology),
    registry,
    modules: { load: (file) => import(file) as Promise<Readonly<Record<string, unknown>>> },
  });
  drivers.push(driver);
  return driver;
}

const fallback = { type: 'kafka', topic: 'fallback', key: 'string', value: 'json', input: 'described' };
const described = {
  type: 'map',
  input: 'out.error',
  set: {
    code: 'error.code',
    message: 'error.message',
    node: 'error.node',
    stage: 'error.stage',
    attempts: 'error.attempts',
  },
};
const tooLarge = { code: 'TOO_LARGE', message: 'Too large.' };
const sent = (...ids: string[]) => ids.map((id, amount) => ({ key: id, value: { id, amount } }));
const idsAt = (driver: TopologyTestDriver, sink: string): string[] =>
  driver.read(sink).map(({ value }) => (value as { id: string }).id);

const down = () => new HeadraceError('DOWN', 'The sink is down.', { retryable: true });

describe('the port "error" of a sink', () => {
  it('gives the record as it came to the sink, says why, and commits its position once that is delivered', async () => {
    const driver = await start({
      // What the sink sets before it encodes is undone.
      out: { keyBy: "'all'", headers: { trace: "'t'" } },
      operators: { described },
      sinks: { fallback },
    });
    driver.sinkFaults.append({ refuse: (row) => (row === 1 ? tooLarge : null) }, 1, 'out');
    driver.sinkFaults.rejectAppends(down(), 6, 'fallback');
    await driver.send('orders', [
      ...sent('a'),
      { key: 'b', value: { id: 'b', amount: 1 }, headers: { from: 'x' }, timestamp: 5 },
    ]);
    expect(await driver.settle()).toBe('waiting');
    expect(idsAt(driver, 'out')).toEqual(['a']);
    // The epoch is closed, and the row that was refused waits to be tried again.
    await driver.advance('2s');
    expect(driver.committed()).toEqual({});
    await driver.advance('60s');
    expect(driver.committed()).toEqual({ 'orders/0': 2 });
    const [refused, ...others] = driver.read('fallback');
    expect(others).toEqual([]);
    expect(refused).toMatchObject({ key: 'b', timestamp: 5, headers: { from: 'x' } });
    expect(refused?.headers).not.toHaveProperty('trace');
    expect(refused?.value).toEqual({ id: 'b', amount: 1, ...tooLarge, node: 'out', stage: 'deliver', attempts: 1 });
    expect(driver.counters()).toMatchObject({ out: { delivered: 1, error: 1 }, fallback: { delivered: 1 } });
  });

  it('gives what fails in the sink before it is written, too', async () => {
    const driver = await start({
      out: { keyBy: 'string(10 / amount)' },
      operators: { described },
      sinks: { fallback },
    });
    await driver.send('orders', sent('zero', 'one'));
    await driver.settle();
    expect(idsAt(driver, 'out')).toEqual(['one']);
    expect(driver.read('fallback')).toMatchObject([{ key: 'zero', value: { stage: 'process', node: 'out' } }]);
  });

  it('gives what was tried too often, with the number of attempts', async () => {
    const out = { retry: { attempts: 2, delay: '1s', maxDelay: '1s' } };
    const driver = await start({ out, operators: { described }, sinks: { fallback } });
    driver.sinkFaults.refuseAppends({ retryAfterMs: 0 }, 3, 'out');
    await driver.send('orders', sent('a'));
    await driver.advance('10s');
    expect(driver.read('fallback')).toMatchObject([{ value: { id: 'a', code: 'RETRIES_EXHAUSTED', attempts: 3 } }]);
    expect(driver.committed()).toEqual({ 'orders/0': 1 });
  });

  it('leads through operators that answer later, and to a sink that has such a port itself', async () => {
    const driver = await start({
      operators: { waited: { type: 'throttle', input: 'out.error', perSecond: 1000, over: 'wait' } },
      sinks: {
        second: { type: 'kafka', topic: 'second', input: 'waited', key: 'string', value: 'json' },
        third: { type: 'kafka', topic: 'third', input: 'second.error', key: 'string', value: 'json' },
      },
    });
    driver.sinkFaults.append({ refuse: (row) => (row > 0 ? tooLarge : null) }, 1, 'out');
    driver.sinkFaults.append({ refuse: (row) => (row > 0 ? tooLarge : null) }, 1, 'second');
    await driver.send('orders', sent('a', 'b', 'c'));
    await driver.advance('2s');
    expect(['out', 'second', 'third'].map((sink) => idsAt(driver, sink))).toEqual([['a'], ['b'], ['c']]);
    expect(driver.committed()).toEqual({ 'orders/0': 3 });
  });

  it('gives what an optional sink refuses to sinks that are waited for, from then on', async () => {
    const driver = await start({ out: { required: false }, operators: { described }, sinks: { fallback } });
    driver.sinkFaults.append({ refuse: () => tooLarge, delayMs: 5000 }, 1, 'out');
    driver.sinkFaults.rejectAppends(down(), 6, 'fallback');
    await driver.send('orders', sent('a'));
    await driver.advance('2s');
    // Nobody waits for an optional sink.
    expect(driver.committed()).toEqual({ 'orders/0': 1 });
    await driver.advance('4s');
    await driver.send('orders', sent('b'));
    await driver.advance('3s');
    expect(driver.committed()).toEqual({ 'orders/0': 1 });
    await driver.advance('60s');
    expect(idsAt(driver, 'fallback')).toEqual(['a']);
    expect(driver.committed()).toEqual({ 'orders/0': 2 });
  });

  it('can be read by a test without being read by the topology', async () => {
    const text = JSON.stringify({
      headrace: 1,
      name: 'refusing',
      sources: { orders: { type: 'kafka', topic: 'orders', value: { codec: 'json', schema: order } } },
      sinks: { out: { type: 'kafka', input: 'orders', topic: 'out', value: 'json' } },
    });
    const driver = await TopologyTestDriver.create({ text, registry, outputs: ['out.error'] });
    drivers.push(driver);
    driver.sinkFaults.refuseAppends(tooLarge, 1, 'out');
    await driver.send('orders', { value: { id: 'a', amount: 0 } });
    await driver.settle();
    expect(driver.read('out.error')).toMatchObject([{ value: { id: 'a', amount: 0 } }]);
  });
});

describe('what becomes of a record that a sink refuses', () => {
  it('is said by its port "error" first, then by the sink, then by the topology', async () => {
    const run = { onError: { deliver: 'deadLetter' } };
    const refused = async (changes: Changes): Promise<TopologyTestDriver> => {
      const driver = await start({ run, ...changes });
      driver.sinkFaults.refuseAppends(tooLarge, 1, 'out');
      await driver.send('orders', sent('a'));
      await driver.settle();
      return driver;
    };
    const byPort = await refused({
      out: { onError: { deliver: 'skip' } },
      operators: { described },
      sinks: { fallback },
    });
    expect(idsAt(byPort, 'fallback')).toEqual(['a']);
    expect(byPort.counters()['out']).toEqual({ in: 1, out: 1, error: 1 });
    const bySink = await refused({ out: { onError: { deliver: 'skip' } } });
    expect(bySink.deadLetters()).toEqual([]);
    expect(bySink.counters()['out']).toEqual({ in: 1, out: 1, skipped: 1 });
    const byTopology = await refused({});
    expect(byTopology.deadLetters()).toMatchObject([
      { headers: { '__headrace.errors.node': 'out', '__headrace.errors.code': 'TOO_LARGE' } },
    ]);
    expect(byTopology.counters()['out']).toEqual({ in: 1, out: 1, deadLetter: 1 });
    await expect(refused({ run: {} })).rejects.toMatchObject({ code: 'TOO_LARGE', place: { node: 'out', offset: 0 } });
    // That failure was told of.
    await drivers.pop()?.stop();
  });

  it('ends the run where the sink of dead letters refuses it, too', async () => {
    const driver = await start({ out: { onError: { deliver: 'deadLetter' } } });
    driver.sinkFaults.refuseAppends(tooLarge, 1, 'out');
    driver.sinkFaults.refuseAppends({ code: 'NOT_EVEN_HERE', message: 'No.' }, 1, 'letters');
    await driver.send('orders', sent('a'));
    await expect(driver.settle()).rejects.toMatchObject({
      code: 'NOT_EVEN_HERE',
      place: { node: 'letters', offset: 0 },
    });
    // A start that failed is counted where it began.
    expect(driver.committed()).toEqual({ 'orders/0': 0 });
    await drivers.pop()?.stop();
  });

  it('is a dead letter though the sink is optional, and that letter is waited for', async () => {
    const driver = await start({ out: { required: false, onError: { deliver: 'deadLetter' } } });
    driver.sinkFaults.append({ refuse: () => tooLarge, delayMs: 5000 }, 1, 'out');
    await driver.send('orders', sent('a'));
    await driver.advance('2s');
    expect(driver.committed()).toEqual({ 'orders/0': 1 });
    // Their pauses take longer than six seconds.
    driver.sinkFaults.rejectAppends(down(), 6, 'letters');
    await driver.advance('4s');
    expect(driver.deadLetters()).toEqual([]);
    await driver.advance('60s');
    expect(driver.deadLetters()).toMatchObject([{ headers: { '__headrace.errors.node': 'out' } }]);
    expect(await driver.settle()).toBe('idle');
  });
});

describe('what becomes of a record that an asynchronous node refuses', () => {
  it('is counted as it is in a stage: left by the port, skipped, or a dead letter', async () => {
    const counted = async (onError: string, sinks: Record<string, object>) => {
      const asked = { type: 'lookup', input: 'orders', $use: './withheld-answers.ts#refuse', as: 'x', returns: 'long' };
      const driver = await start({
        operators: { asked: { ...asked, onError: { process: onError } } },
        out: { input: 'asked' },
        sinks,
      });
      await driver.send('orders', sent('a', 'b'));
      await driver.settle();
      return { counts: driver.counters(), letters: driver.deadLetters().length };
    };
    const failed = { type: 'kafka', topic: 'failed', input: 'asked.error', key: 'string', value: 'json' };
    const byPort = await counted('deadLetter', { failed });
    expect(byPort).toMatchObject({ counts: { asked: { in: 2, error: 2 }, failed: { delivered: 2 } }, letters: 0 });
    expect(Object.keys(byPort.counts).sort()).toEqual(['asked', 'failed', 'orders']);
    const letters = await counted('deadLetter', {});
    expect(letters).toEqual({
      counts: { orders: { in: 2, out: 2 }, asked: { in: 2, deadLetter: 2 }, letters: { delivered: 2 } },
      letters: 2,
    });
    const skipped = await counted('skip', {});
    expect(skipped.counts['asked']).toEqual({ in: 2, skipped: 2 });
  });
});

describe('retry', () => {
  const refusing = async (retry: object) => {
    const out = { retry, onError: { deliver: 'skip' } };
    const driver = await start({ out });
    driver.sinkFaults.refuseAppends({ retryAfterMs: 0 }, 1_000_000, 'out');
    await driver.send('orders', sent('a'));
    await driver.settle();
    return driver;
  };
  const skipped = (driver: TopologyTestDriver) => driver.counters()['out']?.['skipped'] ?? 0;

  it('tries as often as "attempts" says, after pauses that double up to "maxDelay"', async () => {
    // Each pause is half of itself at least: 1, 2, 4, 4, 4 s make 7.5 to 15 s.
    const driver = await refusing({ attempts: 5, delay: '1s', maxDelay: '4s' });
    await driver.advance(7499);
    expect(skipped(driver)).toBe(0);
    await driver.advance(7502);
    expect(skipped(driver)).toBe(1);
  });

  it('tries for as long as "for" says', async () => {
    const driver = await refusing({ attempts: 1000, for: '20s', delay: '1s', maxDelay: '1s' });
    await driver.advance(19_499);
    expect(skipped(driver)).toBe(0);
    await driver.advance(2000);
    expect(skipped(driver)).toBe(1);
    expect(driver.committed()).toEqual({ 'orders/0': 1 });
  });
});
