import { describe, expect, it } from 'vitest';
import { drive, orders, sink, values } from './drive.ts';

const numbered = { type: 'record', name: 'Numbered', fields: [{ name: 'n', type: 'long' }] };
const summed = { type: 'record', name: 'Summed', fields: [{ name: 'sum', type: 'long' }] };

function rx(name: string, more: object = {}, run: object = {}) {
  return drive({
    run: { commitInterval: '10s', nodeTimeout: '5s', ...run },
    sources: { in: orders(numbered) },
    operators: { rx: { type: 'rx', input: 'in', $use: `./rx-functions.ts#${name}`, ...more } },
    sinks: { out: sink('rx') },
  });
}

const send = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ value: { n: from + i } }));

describe('an operator of RxJS', () => {
  it('holds batches until its operator lets them go, at the latest at the end of the epoch', async () => {
    const driver = await rx('grouped');
    for (let i = 0; i < 9; i++) {
      await driver.send('in', send(i, i + 1));
      await driver.settle();
    }
    expect(values(driver, 'out')).toEqual(send(0, 7).map(({ value }) => value));
    expect(driver.committed()).toEqual({});
    await driver.advance('10s');
    expect(values(driver, 'out')).toEqual([{ n: 7 }, { n: 8 }]);
    expect(driver.committed()).toEqual({ 'in/0': 9 });
    expect(driver.counters()['rx']).toEqual({ in: 9, out: 9 });
    await driver.stop();
  });

  it('goes by the clock of the run and makes records of its own, looked at by "output"', async () => {
    const driver = await rx('sums', { output: summed });
    await driver.send('in', send(1, 4));
    await driver.settle();
    expect(values(driver, 'out')).toEqual([]);
    await driver.advance('1s');
    expect(values(driver, 'out')).toEqual([{ sum: 6 }]);
    await driver.send('in', send(4, 6));
    await driver.settle();
    await driver.stop();
    expect(values(driver, 'out')).toEqual([{ sum: 9 }]);
    expect(driver.counters()['rx']).toEqual({ in: 5, out: 2, rx: 3 });
  });

  it('fails the run, naming the node, where it makes something else than "output" says, throws, or does not end', async () => {
    const wrong = await rx('wrongSums', { output: summed });
    await wrong.send('in', send(1, 2));
    await expect(wrong.settle()).rejects.toMatchObject({ code: 'VALUE_OUT_OF_RANGE' });
    await wrong.stop();
    const failing = await rx('failing');
    await failing.send('in', send(20_000, 20_001));
    await expect(failing.settle()).rejects.toMatchObject({ code: 'NODE_FAILED', place: { node: 'rx' } });
    await failing.stop();
    const endless = await rx('endless');
    await endless.send('in', send(1, 2));
    await endless.advance('10s');
    await expect(endless.advance('5s')).rejects.toMatchObject({ code: 'NODE_TIMEOUT', place: { node: 'rx' } });
    await endless.stop();
  });

  it('begins anew after a rewind, without what it held', async () => {
    const driver = await rx('grouped');
    await driver.send('in', send(0, 3));
    await driver.settle();
    await driver.rewind();
    await driver.advance('10s');
    expect(values(driver, 'out')).toEqual(send(0, 3).map(({ value }) => value));
    expect(driver.committed()).toEqual({ 'in/0': 3 });
    await driver.stop();
  });
});
