import { produceApi } from '@headrace/protocol';
import { expect } from 'vitest';
import { produce } from '../produce.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { Direction } from './link-gate.ts';
import type { Workload } from './workload.ts';

/** Longer than the sessions of these workers. */
const partitionMs = 6000;

/**
 * Parts a worker from its broker, in one direction or both, while records are under way, and checks that nothing is lost. What was held arrives
 * late, or the connections of that time stay silent for good.
 */
export async function partNetwork(
  workload: Workload,
  proxy: FaultProxy,
  { direction, held }: { readonly direction: Direction; readonly held: 'delivered' | 'silent' },
): Promise<void> {
  const what = `parted ${direction}, then ${held}`;
  const { bootstrap, input } = workload;
  await produce(bootstrap, input, workload.records(4000));
  const worker = workload.start(proxy.address);
  await new Promise<void>((resolve) => {
    let count = 0;
    proxy.decide = ({ api }) => {
      if (api.key === produceApi.key && count++ === 1) {
        proxy.block(direction);
        resolve();
      }
      return 'pass';
    };
  });
  await produce(bootstrap, input, workload.records(4000));
  await new Promise((resolve) => setTimeout(resolve, partitionMs));
  proxy.unblock(held);
  await workload.drained();
  worker.kill('SIGTERM');
  expect(await worker.exited, `${what}\n${worker.stderr}`).toEqual({ code: 0, signal: null });
  await workload.check(what);
}
