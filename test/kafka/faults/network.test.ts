import { produceApi } from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '../../faults/seeded-random.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { waitUntil } from '../wait-until.ts';
import { FaultProxy, type Fault } from './fault-proxy.ts';
import { partNetwork } from './part-network.ts';
import { Workload } from './workload.ts';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20_261_129);
describeKafka('A network', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async () => {
    const workload = await Workload.create(bootstrap);
    cleanUp.push(() => workload.close());
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    proxy.sessionTimeoutMs = 3000;
    return { workload, proxy };
  };

  it('that is parted one way or both ways costs nothing but time', async () => {
    await Promise.all(
      (['toBroker', 'toClient', 'both'] as const).map(async (direction) => {
        const { workload, proxy } = await setUp();
        await partNetwork(workload, proxy, { direction, held: 'delivered' });
      }),
    );
  });

  it(`that loses answers of sends makes no repetition and loses no record (seed ${seed})`, async () => {
    const { workload, proxy } = await setUp();
    const random = seededRandom(seed);
    let hits = 0;
    let turn = 0;
    // Every third send loses its answer, or its connection before it.
    proxy.decide = ({ api }): Fault => {
      if (api.key !== produceApi.key || turn++ % 3 !== 1) return 'pass';
      hits++;
      return random() < 0.7 ? 'loseAnswer' : 'cutBefore';
    };
    const worker = workload.start(proxy.address);
    await waitUntil(
      async () => {
        await produce(bootstrap, workload.input, workload.records(200));
        return hits;
      },
      (count) => count >= 10,
      { what: 'ten sends were hit', intervalMs: 100 },
    );
    proxy.decide = () => 'pass';
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    const { repeats } = await workload.check(`${hits} lost answers (seed ${seed})`);
    expect(repeats).toBe(0);
    expect(proxy.hitsOf('loseAnswer Produce')).toBeGreaterThan(0);
  });
});
