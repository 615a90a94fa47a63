import { describe, expect, it } from 'vitest';
import { HeadraceError } from '@headrace/core';
import { drive, sink, values } from './drive.ts';

const orders = (count: number) => Array.from({ length: count }, (_, n) => ({ value: { id: `k${n}`, amount: n } }));
const passed = { passed: { type: 'peek', input: 'in', log: 'debug' } };

describe('a sink that is not required', () => {
  it('holds back no epoch, whatever becomes of it', async () => {
    const driver = await drive({
      operators: passed,
      sinks: { out: sink('passed'), copy: { ...sink('passed'), required: false } },
    });
    driver.sinkFaults.rejectAppends(new HeadraceError('DOWN', 'down', { retryable: true }), 1000, 'copy');
    await driver.send('in', orders(10));
    await driver.advance('2s');
    expect(values(driver, 'out')).toHaveLength(10);
    expect(values(driver, 'copy')).toEqual([]);
    expect(driver.committed()).toEqual({ 'in/0': 10 });
    driver.sinkFaults.clear();
    await driver.advance('60s');
    expect(values(driver, 'copy')).toHaveLength(10);
    await driver.stop();
  });

  it('is not waited for at the end, and fails nobody', async () => {
    const driver = await drive({
      operators: passed,
      sinks: { out: sink('passed'), copy: { ...sink('passed'), required: false } },
    });
    driver.sinkFaults.rejectAppends(new HeadraceError('FULL', 'full'), 1, 'copy');
    await driver.send('in', orders(1));
    await driver.advance('2s');
    expect(driver.counters()['copy']).toEqual({ in: 1, out: 1, failed: 1 });
    driver.sinkFaults.rejectAppends(new HeadraceError('DOWN', 'down', { retryable: true }), 1000, 'copy');
    await driver.send('in', orders(1));
    await driver.settle();
    await driver.stop();
    expect(values(driver, 'out')).toHaveLength(2);
  });

  it('has an account of its own, beyond which it drops and counts', async () => {
    const driver = await drive({
      run: { memory: '2MiB' },
      operators: passed,
      sinks: { out: sink('passed'), copy: { ...sink('passed'), required: false } },
    });
    driver.sinkFaults.rejectAppends(new HeadraceError('DOWN', 'down', { retryable: true }), 1000, 'copy');
    for (let round = 0; round < 20; round++) {
      await driver.send('in', orders(1000));
      await driver.settle();
    }
    expect(values(driver, 'out')).toHaveLength(20_000);
    const { dropped = 0 } = driver.counters()['copy'] ?? {};
    expect(dropped).toBeGreaterThan(1000);
    await driver.stop();
  });
});

describe('a sink with "batch"', () => {
  it('gathers records for a write, and waits no longer than said', async () => {
    const driver = await drive({
      run: { commitInterval: '1h' },
      operators: passed,
      sinks: { out: { ...sink('passed'), batch: { records: 100, delay: '5s' } } },
    });
    for (let round = 0; round < 3; round++) {
      await driver.send('in', orders(10));
      await driver.settle();
    }
    expect(values(driver, 'out')).toEqual([]);
    await driver.advance('5s');
    expect(values(driver, 'out')).toHaveLength(30);
    await driver.stop();
  });
});
