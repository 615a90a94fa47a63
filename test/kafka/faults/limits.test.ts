import { afterEach, expect, it } from 'vitest';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

describeKafka('A worker with little', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async (options: WorkloadOptions = {}): Promise<Workload> => {
    const workload = await Workload.create(bootstrap, options);
    cleanUp.push(() => workload.close());
    return workload;
  };

  it('memory works through far more than it can hold', async () => {
    const workload = await setUp({ run: { memory: '8MB' } });
    // 40 MB in a heap of 48.
    const pad = 'x'.repeat(2000);
    for (let round = 0; round < 10; round++)
      await produce(
        bootstrap,
        workload.input,
        workload
          .records(2000)
          .map((record) => ({ ...record, value: String(record.value).replace('}', `,"p":"${pad}"}`) })),
      );
    const worker = workload.start(bootstrap, { env: { NODE_OPTIONS: '--max-old-space-size=48' } });
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check('40 MB through a heap of 48 MB');
  });

  it('of a name server says which broker it cannot find', async () => {
    const workload = await setUp();
    const worker = workload.start('no-such-broker.invalid:9092');
    expect((await worker.exited).code, worker.stderr).toBe(1);
    expect(worker.stderr).toContain('no-such-broker.invalid');
    expect(worker.stderr).toMatch(/KAFKA_UNAVAILABLE/);
  });
});
