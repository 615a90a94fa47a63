import {
  errorCode,
  fetchApi,
  findCoordinatorApi,
  heartbeatApi,
  joinGroupApi,
  listOffsetsApi,
  metadataApi,
  offsetCommitApi,
  offsetFetchApi,
  produceApi,
  syncGroupApi,
} from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { waitUntil } from '../wait-until.ts';
import { errorRows, withError, type ErrorRow } from './error-codes.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Workload } from './workload.ts';

/** What a worker asks only when it joins, which a lost membership makes it do again. */
const askedOnJoin: readonly number[] = [
  findCoordinatorApi.key,
  joinGroupApi.key,
  syncGroupApi.key,
  offsetFetchApi.key,
  listOffsetsApi.key,
];
/** What a worker asks as long as it runs. */
const askedAlways: readonly number[] = [fetchApi.key, heartbeatApi.key, offsetCommitApi.key, produceApi.key];
const nameOf = ({ api, error }: ErrorRow): string => `${api.name} ${error}`;

describeKafka('An error in an answer', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async () => {
    const workload = await Workload.create(bootstrap);
    cleanUp.push(() => workload.close());
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    proxy.sessionTimeoutMs = 6000;
    return { workload, proxy };
  };

  it('that may pass costs nothing: each of the table is met once by one worker, which loses nothing', async () => {
    const { workload, proxy } = await setUp();
    const waiting = errorRows.filter(({ outcome }) => outcome === 'goes on');
    const total = waiting.length;
    const met: string[] = [];
    const turns = new Map<number, number>();
    proxy.decide = ({ api }) => {
      // What is asked all the time is left alone every second time, so that there is something to go on with; what is asked
      // once is asked again because of the error.
      const turn = turns.get(api.key) ?? 0;
      turns.set(api.key, turn + 1);
      if (turn % 2 === 0 && askedAlways.includes(api.key)) return 'pass';
      const row = waiting.find((one) => one.api.key === api.key);
      if (row !== undefined) {
        waiting.splice(waiting.indexOf(row), 1);
        met.push(nameOf(row));
        return (answer) => withError(answer, row.error);
      }
      if (api.key === heartbeatApi.key && waiting.some((one) => askedOnJoin.includes(one.api.key)))
        return (answer) => ({ ...answer, errorCode: errorCode('UNKNOWN_MEMBER_ID') });
      if (api.key === produceApi.key && waiting.some((one) => one.api.key === metadataApi.key))
        return (answer) => withError(answer, 'NOT_LEADER_OR_FOLLOWER');
      return 'pass';
    };
    const worker = workload.start(proxy.address);
    let ended = false;
    void worker.exited.then(() => (ended = true));
    await waitUntil(
      async () => {
        if (!ended && waiting.length > 0) await produce(bootstrap, workload.input, workload.records(40));
        return { waiting: waiting.map(nameOf), ended, last: met.at(-1) };
      },
      (now) => now.ended || now.waiting.length === 0,
      { what: 'every row is met', intervalMs: 100, deadlineMs: 80_000 },
    );
    expect(ended, `after ${met.at(-1)}: ${worker.stderr}`).toBe(false);
    expect(met).toHaveLength(total);
    await workload.drained();
    worker.kill('SIGTERM');
    expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    await workload.check(`${total} errors that may pass`);
  });

  const ending = errorRows.filter(({ outcome }) => outcome === 'ends');
  it('that does not pass ends the worker, which says why: each of the table', async () => {
    for (const row of ending) {
      const { workload, proxy } = await setUp();
      await produce(bootstrap, workload.input, workload.records(100));
      proxy.decide = ({ api }) => (api.key === row.api.key ? (answer) => withError(answer, row.error) : 'pass');
      const worker = workload.start(proxy.address);
      await worker.waitForOutput(/KAFKA_NOT_ALLOWED|GROUP_NOT_OURS/, 30_000);
      expect((await worker.exited).code, `${nameOf(row)}\n${worker.stderr}`).toBe(1);
      expect(proxy.hitsOf(`rewrite ${row.api.name}`), nameOf(row)).toBeGreaterThan(0);
      await workload.close();
    }
  });
});
