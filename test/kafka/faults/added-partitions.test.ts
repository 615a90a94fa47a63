import { afterEach, expect, it } from 'vitest';
import { committedOffsets } from '../group-offsets.ts';
import { describeKafka } from '../require-kafka.ts';
import { partitionRanges, withAdmin } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import { Feed } from './feed.ts';
import { Workload } from './workload.ts';

describeKafka('A topic', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  it('that gets more partitions under load is read whole, each key in its order', async () => {
    const workload = await Workload.create(bootstrap, { partitions: 2 });
    cleanUp.push(() => workload.close());
    const feed = Feed.start(workload, 100);
    cleanUp.push(() => feed.stop());
    const worker = workload.start();
    await workload.committed(200);
    const grown = { topic: workload.input, count: 5 };
    await withAdmin(bootstrap, (admin) => admin.createPartitions({ topicPartitions: [grown] }));
    await waitUntil(
      async () => (await partitionRanges(bootstrap, workload.input)).length,
      (count) => count === 5,
      { what: 'there are five partitions' },
    );
    workload.partitions = 5;
    // Everything of the new ones as well, which whoever leads the group looks for twice a minute.
    await waitUntil(
      () => committedOffsets(bootstrap, workload.name, workload.input),
      (committed) => committed.length === 5,
      { what: 'all five are read', deadlineMs: 120_000, intervalMs: 200 },
    );
    await feed.stop();
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check('partitions added under load');
  });
});
