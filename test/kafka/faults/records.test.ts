import { afterEach, expect, it } from 'vitest';
import { freePort } from '../broker/free-port.ts';
import { consumeAll } from '../consume-all.ts';
import { foreignClient } from '../foreign-client.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { uniqueName } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import type { HeadraceProcess } from '../headrace-process.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

describeKafka('A worker', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async (options: WorkloadOptions = {}): Promise<Workload> => {
    const workload = await Workload.create(bootstrap, options);
    cleanUp.push(() => workload.close());
    return workload;
  };
  const drainAndStop = async (workload: Workload, worker: HeadraceProcess): Promise<void> => {
    await worker.waitForOutput(/topology running/);
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
  };

  it('puts every kind of poison aside, byte by byte, and goes on', async () => {
    const workload = await setUp({ partitions: 1 });
    const poisons: (string | Buffer | null)[] = [
      null,
      '',
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe, 0x00]),
      '{"n":',
      '{"n":1}trailing',
      '{"n":"1"}',
      '{"n":1.5}',
      '{"n":123456789012345678901234567890}',
      '{"m":1}',
      'null',
      '[1]',
      '{"__proto__":{"n":1}}',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `{"n":${'1'.repeat(200_000)}}`,
    ];
    await produce(bootstrap, workload.input, workload.records(200));
    await produce(
      bootstrap,
      workload.input,
      poisons.flatMap((value) => [{ key: '0-0', value, partition: 0 }, ...workload.records(5)]),
    );
    const manyHeaders = { key: '0-0', value: '{"n":600}', partition: 0, headers: headersOf(2000) };
    await produce(bootstrap, workload.input, [manyHeaders]);
    const worker = workload.start();
    await drainAndStop(workload, worker);
    await workload.check(`${poisons.length} kinds of poison`);
  });

  it('takes records of several megabytes, and puts those aside that its topic does not take', async () => {
    const workload = await setUp({ partitions: 1, inputConfig: { 'max.message.bytes': '8000000' } });
    await produce(bootstrap, workload.input, workload.records(100));
    const large = JSON.stringify({ pad: 'x'.repeat(3_000_000), n: 6 });
    await produce(bootstrap, workload.input, [{ key: '0-0', value: large, partition: 0 }, ...workload.records(20)]);
    const worker = workload.start();
    await drainAndStop(workload, worker);
    await workload.check('a record of 3 MB');
  });

  it('writes to a topic that takes less than a megabyte at once, and puts aside what is too large by itself', async () => {
    const workload = await setUp({
      partitions: 1,
      outputConfig: { 'max.message.bytes': '3000' },
      run: { onError: { decode: 'deadLetter', deliver: 'deadLetter' } },
    });
    const huge = { key: `0-0-${'k'.repeat(5000)}`, value: '{"n":601}', partition: 0 };
    await produce(bootstrap, workload.input, [...workload.records(400), huge, ...workload.records(400)]);
    const worker = workload.start();
    await drainAndStop(workload, worker);
    // The results of 800 records are far more than 3,000 bytes: they came in many batches.
    const [results, letters] = await Promise.all(
      [workload.outputs.all, workload.letters].map((topic) => consumeAll(bootstrap, topic)),
    );
    expect(results).toHaveLength(784);
    const large = letters?.filter(({ key }) => String(key) === huge.key) ?? [];
    expect(large.map(({ headers }) => String(headers['__headrace.errors.code']))).toEqual(['MESSAGE_TOO_LARGE']);
    expect(large.map(({ value }) => String(value))).toEqual(['{"partition":0,"offset":400,"n":601,"result":1202}']);
    expect(letters).toHaveLength(17);
  });

  it('reads past aborted transactions, also at the end, and what they held is in no output', async () => {
    const workload = await setUp({ partitions: 2 });
    const id = uniqueName('aborting');
    for (const end of ['abort', 'commit', 'abort', 'abort'] as const) {
      await produce(bootstrap, workload.input, workload.records(20));
      await produce(bootstrap, workload.input, workload.records(20), { transaction: { id, end } });
    }
    const worker = workload.start();
    await drainAndStop(workload, worker);
    const { checked } = await workload.check('aborted transactions at the end');
    expect(checked).toBe(160);
  });

  it('waits for a transaction that nobody ends, says so, and goes on when Kafka ends it', async () => {
    const workload = await setUp({ partitions: 1 });
    await produce(bootstrap, workload.input, workload.records(50));
    const hanging = foreignClient(bootstrap).producer({
      transactionalId: uniqueName('hanging'),
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: 6000,
    });
    await hanging.connect();
    const transaction = await hanging.transaction();
    await transaction.send({ topic: workload.input, messages: [{ key: '0-0', partition: 0, value: '{"n":1}' }] });
    await produce(bootstrap, workload.input, workload.records(50));
    const port = await freePort();
    const worker = workload.start(bootstrap, { metricsAddress: `127.0.0.1:${port}` });
    await workload.committed(50);
    // What stands behind the open transaction is out of reach.
    expect(workload.committedNow).toBe(50);
    await waitUntil(
      async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      (metrics) => /headrace_held_back_seconds\{[^}]*\} (?!0$)[0-9.]+/m.test(metrics),
      { what: 'it says that it is held back' },
    );
    await drainAndStop(workload, worker);
    await hanging.disconnect();
    await workload.check('a transaction that hung');
  });
});

function headersOf(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));
}
