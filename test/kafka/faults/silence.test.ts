import { afterEach, it } from 'vitest';
import { describeKafka } from '../require-kafka.ts';
import { FaultProxy } from './fault-proxy.ts';
import { partNetwork } from './part-network.ts';
import { Workload } from './workload.ts';

describeKafka('A network that has lost connections without a word', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  it('is given up, and another connection is made: in one direction or both', async () => {
    await Promise.all(
      (['toBroker', 'both'] as const).map(async (direction) => {
        const workload = await Workload.create(bootstrap);
        cleanUp.push(() => workload.close());
        const proxy = await FaultProxy.start(bootstrap);
        cleanUp.push(() => proxy.stop());
        proxy.sessionTimeoutMs = 3000;
        await partNetwork(workload, proxy, { direction, held: 'silent' });
      }),
    );
  });
});
