import { afterEach, expect, it } from 'vitest';
import { consumeAll } from '../consume-all.ts';
import { committedOffsets } from '../group-offsets.ts';
import type { HeadraceProcess } from '../headrace-process.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { createTopics, withAdmin } from '../topics.ts';
import { Workload } from './workload.ts';

describeKafka('A topic under a running worker', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async (): Promise<Workload> => {
    const workload = await Workload.create(bootstrap, { partitions: 2 });
    cleanUp.push(() => workload.close());
    return workload;
  };
  const stopped = async (worker: HeadraceProcess): Promise<void> => {
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
  };
  const remove = (topic: string) => withAdmin(bootstrap, (admin) => admin.deleteTopics({ topics: [topic] }));

  it('that is deleted and made anew ends it, which says so; the next one reads the new topic from its beginning', async () => {
    const workload = await setUp();
    await produce(bootstrap, workload.input, workload.records(400));
    const worker = workload.start();
    await workload.committed(400);
    await remove(workload.input);
    await createTopics(bootstrap, { [workload.input]: { partitions: 2 } });
    await produce(bootstrap, workload.input, workload.records(600));
    expect((await worker.exited).code, worker.stderr).toBe(1);
    // The position in the old topic would point into the new one.
    expect(await committedOffsets(bootstrap, workload.name, workload.input)).toEqual([]);
    expect(worker.stderr).toMatch(/TOPIC_RECREATED|UNKNOWN_TOPIC/);
    const next = workload.start();
    await workload.drained();
    await stopped(next);
    // All of the new topic, which knows nothing of the positions in the old one.
    const results = (await consumeAll(bootstrap, workload.outputs.all)).map(({ value }) => String(value));
    const letters = await consumeAll(bootstrap, workload.letters);
    expect(results.length + letters.length).toBe(1000);
  });

  it('that is deleted ends it, which says so', async () => {
    const workload = await setUp();
    await produce(bootstrap, workload.input, workload.records(400));
    const worker = workload.start();
    await workload.committed(400);
    await remove(workload.input);
    expect((await worker.exited).code, worker.stderr).toBe(1);
    expect(worker.stderr).toContain('UNKNOWN_TOPIC');
    // Whoever looks at the commits needs something to look at.
    await createTopics(bootstrap, { [workload.input]: { partitions: 2 } });
  });
});
