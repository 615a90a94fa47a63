import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '../../faults/seeded-random.ts';
import type { HeadraceProcess } from '../headrace-process.ts';
import { describeKafka } from '../require-kafka.ts';
import { Feed } from './feed.ts';
import { Workload } from './workload.ts';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20_261_130);
const changes = Number(process.env['HEADRACE_STORM_CHANGES'] ?? 30);
const mostWorkers = 5;

describeKafka('A storm of rebalances', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  it(`of one to ${mostWorkers} workers that come and go ${changes} times loses nothing (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const workload = await Workload.create(bootstrap, { partitions: 6 });
    cleanUp.push(() => workload.close());
    const feed = Feed.start(workload, 60);
    cleanUp.push(() => feed.stop());
    const running: HeadraceProcess[] = [workload.start()];
    await workload.committed(1);
    const gone = { started: 1, stopped: 0 };
    for (let change = 0; change < changes; change++) {
      const grows = running.length === 1 || (running.length < mostWorkers && random() < 0.5);
      if (grows) {
        running.push(workload.start());
        gone.started++;
      } else {
        const [worker] = running.splice(Math.floor(random() * running.length), 1) as [HeadraceProcess];
        // Before Node has come to our first line a signal just ends it.
        await worker.waitForOutput(/topology starting/);
        worker.kill('SIGTERM');
        gone.stopped++;
        // Whoever has not begun yet ends as well; another change does not wait for it.
        cleanUp.push(() => worker.exited.then((how) => expect(how, worker.stderr).toEqual({ code: 0, signal: null })));
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 + random() * 2000));
    }
    const before = workload.committedNow;
    // Work goes on.
    await workload.committed(before + 60);
    await feed.stop();
    await workload.drained();
    await Promise.all(running.map((worker) => worker.waitForOutput(/topology starting/)));
    for (const worker of running) worker.kill('SIGTERM');
    for (const worker of running) expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check(`${gone.started} started and ${gone.stopped} stopped in a storm (seed ${seed})`);
  });
});
