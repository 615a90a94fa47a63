import { HeadraceError } from '@headrace/core';
import { findCoordinatorApi } from '@headrace/protocol';
import { VirtualClock } from '@headrace/testing';
import { expect, it } from 'vitest';
import { Cluster } from '../../packages/kafka/src/cluster/cluster.ts';
import { committedOffsets } from '../../packages/kafka/src/group/committed-offsets.ts';
import { GroupCoordinator } from '../../packages/kafka/src/group/group-coordinator.ts';
import { advance } from './advance.ts';
import { FakeConnections } from './fake-connections.ts';

it('positions that nobody can be asked for are waited for aloud, and then their absence is an error', async () => {
  const clock = new VirtualClock();
  const connections = new FakeConnections();
  connections.on(findCoordinatorApi, () => {
    throw new HeadraceError('KAFKA_UNAVAILABLE', 'Nothing listens there.', { retryable: true });
  });
  const coordinator = new GroupCoordinator(new Cluster({ connections, clock, requestTimeoutMs: 1000 }), 'g');
  const said: string[] = [];
  const logger = (level: string, message: string): void => void said.push(`${level} ${message}`);
  const result = committedOffsets(coordinator, ['t/0'], { logger }).catch((error: unknown) => error);
  await advance(clock, 4900);
  expect(said).toEqual([]);
  await advance(clock, 1200);
  expect(said).toEqual(['warn The positions of group "g" are waited for: Nothing listens there.']);
  await advance(clock, 60_000);
  expect(await result).toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  expect(said.length).toBeGreaterThan(5);
});
