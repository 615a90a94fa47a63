import {
  fetchApi,
  heartbeatApi,
  joinGroupApi,
  metadataApi,
  offsetCommitApi,
  produceApi,
  type ApiDefinition,
} from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Workload } from './workload.ts';

/** A request at which a worker is told to stop: before the broker hears it, or when its answer arrives. */
interface StopPoint {
  readonly what: string;
  readonly api: ApiDefinition;
  readonly nth: number;
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** Whether work has begun, which it then leaves half done. */
  readonly isMiddle: boolean;
}

const points: readonly StopPoint[] = [
  { what: 'at its first request', api: metadataApi, nth: 0, signal: 'SIGTERM', isMiddle: false },
  { what: 'while it joins', api: joinGroupApi, nth: 0, signal: 'SIGTERM', isMiddle: false },
  { what: 'at its first fetch', api: fetchApi, nth: 0, signal: 'SIGINT', isMiddle: false },
  { what: 'under load', api: produceApi, nth: 2, signal: 'SIGTERM', isMiddle: true },
  { what: 'under load, by Ctrl-C', api: produceApi, nth: 1, signal: 'SIGINT', isMiddle: true },
  { what: 'while it commits', api: offsetCommitApi, nth: 0, signal: 'SIGTERM', isMiddle: true },
];

describeKafka('A worker that is told to stop', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const setUp = async () => {
    const workload = await Workload.create(bootstrap, { run: { memory: '16MB' } });
    cleanUp.push(() => workload.close());
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    return { workload, proxy };
  };

  it('ends with exit code 0 wherever it is, and the next one repeats nothing', async () => {
    const { workload, proxy } = await setUp();
    for (const { what, api, nth, signal } of points) {
      await produce(bootstrap, workload.input, workload.records(4000));
      const worker = workload.start(proxy.address);
      let count = 0;
      let hit = false;
      proxy.decide = (request) => {
        if (request.api.key === api.key && count++ === nth) {
          hit = true;
          worker.kill(signal);
        }
        return 'pass';
      };
      expect(await worker.exited, `${what}\n${worker.stderr}`).toEqual({ code: 0, signal: null });
      expect(hit, what).toBe(true);
      expect(worker.stderr, what).toContain(signal);
      proxy.decide = () => 'pass';
    }
    const last = workload.start(proxy.address);
    await last.waitForOutput(/topology running/);
    await workload.drained();
    last.kill('SIGTERM');
    expect(await last.exited, last.stderr).toEqual({ code: 0, signal: null });
    const { repeats } = await workload.check(`${points.length} stops`);
    expect(repeats).toBe(0);
  });

  it('ends with exit code 0 while another joins, which takes over where it has come to', async () => {
    const { workload, proxy } = await setUp();
    await produce(bootstrap, workload.input, workload.records(8000));
    const first = workload.start(proxy.address);
    await workload.committed(1);
    let hit = false;
    proxy.decide = ({ api }) => {
      if (api.key !== heartbeatApi.key) return 'pass';
      return (answer) => {
        // The first hears that somebody joins.
        if (answer['errorCode'] === 27 && !hit) {
          hit = true;
          first.kill('SIGTERM');
        }
        return answer;
      };
    };
    const second = workload.start();
    expect(await first.exited, first.stderr).toEqual({ code: 0, signal: null });
    expect(hit).toBe(true);
    await produce(bootstrap, workload.input, workload.records(2000));
    await workload.drained();
    second.kill('SIGTERM');
    expect(await second.exited, second.stderr).toEqual({ code: 0, signal: null });
    await workload.check('a stop during a rebalance');
  });
});
