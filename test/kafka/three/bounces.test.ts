import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { coordinatorOf, leaderOf, waitForAllInSync } from '../broker/cluster-state.ts';
import { startKafkaCluster, type KafkaCluster } from '../broker/kafka-cluster.ts';
import { Feed } from '../faults/feed.ts';
import { Workload, type WorkloadOptions } from '../faults/workload.ts';
import { produce } from '../produce.ts';

describe('A worker over three nodes', () => {
  let cluster: KafkaCluster;
  const cleanUp: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    cluster = await startKafkaCluster();
  });
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
    await cluster.heal();
  });
  afterAll(() => cluster.stop());

  const setUp = async (options: WorkloadOptions = {}) => {
    const workload = await Workload.create(cluster.bootstrap, { replicas: 3, partitions: 3, ...options });
    cleanUp.push(() => workload.close());
    const topics = [workload.input, ...Object.values(workload.outputs), workload.letters, '__consumer_offsets'];
    await waitForAllInSync(cluster.bootstrap, topics);
    return { workload, topics };
  };

  it('goes on when any leader is bounced, in order or by kill -9', async () => {
    const { workload, topics } = await setUp();
    const feed = Feed.start(workload, 60);
    cleanUp.push(() => feed.stop());
    const worker = workload.start();
    await workload.committed(1);
    const kinds = {
      input: () => leaderOf(cluster.bootstrap, workload.input, 0),
      output: () => leaderOf(cluster.bootstrap, workload.outputs.all, 0),
      coordinator: () => coordinatorOf(cluster.bootstrap, workload.name),
    };
    for (const how of ['end', 'kill'] as const)
      for (const [kind, find] of Object.entries(kinds)) {
        const node = cluster.node(await find());
        const before = workload.committedNow;
        await node[how]();
        expect(node.isRunning, `the leader of ${kind} is gone`).toBe(false);
        // Without it: work goes on before it is back.
        await workload.committed(before + 300);
        await node.start();
        await waitForAllInSync(cluster.bootstrap, topics);
        console.log(
          `${how} of the leader of ${kind}: node ${node.id}, ${workload.committedNow - before} records meanwhile`,
        );
      }
    await feed.stop();
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check(`six bounces, ${feed.failed} batches of the feed not acknowledged`);
  });

  it('starts while one is away, and goes on when all are killed and come back', async () => {
    const { workload } = await setUp();
    const away = cluster.node(1);
    await away.kill();
    await produce(cluster.bootstrap, workload.input, workload.records(600)).catch(() => {});
    const worker = workload.start();
    const feed = Feed.start(workload, 60);
    cleanUp.push(() => feed.stop());
    await workload.committed(300);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    expect(cluster.nodes.filter(({ isRunning }) => isRunning)).toEqual([]);
    await cluster.heal();
    const before = workload.committedNow;
    await workload.committed(before + 600);
    await feed.stop();
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check('all nodes bounced');
  });

  it('ends within its grace when it is stopped while no node is there, and loses nothing', async () => {
    const { workload } = await setUp({ run: { drainTimeout: '4s' } });
    await produce(cluster.bootstrap, workload.input, workload.records(600));
    const worker = workload.start();
    await workload.committed(1);
    const feed = Feed.start(workload, 60);
    await workload.committed(workload.committedNow + 100);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await feed.stop();
    worker.kill('SIGTERM');
    const { code, signal } = await worker.exited;
    expect(signal).toBe(null);
    // What was acknowledged may have been committed to the last record, or not.
    expect([0, 1], worker.stderr).toContain(code);
    await cluster.heal();
    const next = workload.start();
    await workload.drained();
    next.kill('SIGTERM');
    expect(await next.exited, next.stderr).toEqual({ code: 0, signal: null });
    await workload.check(`stopped without a broker: exit code ${code}`);
  });
});
