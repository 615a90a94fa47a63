import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectoryError, EmbeddedBroker, systemClock, type BrokerOptions } from '@headrace/broker';
import {
  deleteRecordsApi,
  deleteTopicsApi,
  incrementalAlterConfigsApi,
  listConfigResourcesApi,
  metadataApi,
  offsetFetchApi,
  zeroUuid,
} from '@headrace/protocol';
import { seededRandom } from '../faults/seeded-random.ts';
import { freePort } from '../kafka/broker/free-port.ts';
import { startHeadrace } from '../kafka/headrace-process.ts';
import { batchOf, endsOf, fetchFrom, named, openClient, produceTo, shown } from './cluster-handle.ts';
import { commit } from './group-handle.ts';
import {
  addOffsets,
  addPartitions,
  commitInTransaction,
  endAndSettle,
  endTransaction,
  initProducer,
  produceInTransaction,
} from './transaction-handle.ts';
import type { WireClient } from './wire-client.ts';

let directory: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'headrace-data-'));
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  rmSync(directory, { recursive: true, force: true });
});

const open = async (dataDirectory = directory, options: BrokerOptions = {}) => {
  const broker = new EmbeddedBroker({ dataDirectory, ...options });
  cleanUp.push(() => broker.close());
  await broker.listen();
  return { broker, client: await openClient(broker) };
};

/** All that clients can see of topics and positions, leader epochs apart. */
const viewOf = async (client: WireClient, groups: readonly string[]) => {
  const { topics, clusterId } = await client.send(metadataApi, {
    topics: null,
    includeTopicAuthorizedOperations: false,
  });
  const partitions = await Promise.all(
    topics.flatMap(({ name, topicId, partitions: all }) =>
      all.map(async ({ partitionIndex: partition, replicaNodes }) => {
        const [start] = await endsOf(client, name ?? '', [partition], { timestamp: -2 });
        const from = start?.offset ?? 0;
        const { rows, ...rest } = await fetchFrom(client, name ?? '', from, { partition, isolationLevel: 1 });
        const everything = await fetchFrom(client, name ?? '', from, { partition });
        return { name, topicId, partition, replicaNodes, ...rest, rows: shown(rows), all: shown(everything.rows) };
      }),
    ),
  );
  const asked = { groups: groups.map((groupId) => ({ groupId, topics: null })), requireStable: false };
  const positions = await client.send(offsetFetchApi, asked, 8);
  return { clusterId, partitions, positions: positions.groups };
};

const deleteBefore = (client: WireClient, name: string, offset: number) =>
  client.send(deleteRecordsApi, { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 1000 });

describe('A broker with a data directory', () => {
  it('is after a restart what it was before, and goes on with everything that was open', async () => {
    const first = await open(directory, { nodes: 1 });
    const { broker, client } = first;
    broker.createTopic('plain', 2, { 'segment.bytes': '1048576' });
    broker.createTopic('gone', 1);
    broker.createTopic('money', 1);
    for (const value of ['a', 'b', 'c']) await produceTo(client, 'plain', batchOf([value, `${value}2`]));
    await produceTo(client, 'plain', batchOf(['x'], { compression: 'gzip' }), { partition: 1 });
    for (let round = 0; round < 6; round++) await produceTo(client, 'plain', batchOf(['y'.repeat(300_000)]), { partition: 1 }); // prettier-ignore
    await deleteBefore(client, 'plain', 3);
    await produceTo(client, 'gone', batchOf(['z']));
    await commit(client, 'readers', 'gone', 1);
    await client.send(deleteTopicsApi, { topics: [{ name: 'gone', topicId: zeroUuid }], timeoutMs: 1000 }, 6);
    await commit(client, 'readers', 'plain', 4);
    const configs = [{ name: 'retention.bytes', configOperation: 0, value: '9000000' }];
    const resources = [{ resourceType: 2, resourceName: 'plain', configs }];
    await client.send(incrementalAlterConfigsApi, { resources, validateOnly: false });
    const plain = await initProducer(client, null);
    const batch = () => batchOf(['once'], { producer: { producerId: plain.producerId, producerEpoch: 0, baseSequence: 0, transactional: false }, timestamp: 5 }); // prettier-ignore
    const once = await produceTo(client, 'plain', batch());
    const open1 = await initProducer(client, 'open');
    const aborted = await initProducer(client, 'aborted');
    for (const [id, producer] of [
      ['aborted', aborted],
      ['open', open1],
    ] as const) {
      await addPartitions(client, id, producer, 'money');
      await produceInTransaction(client, 'money', id, producer, 0, [`of ${id}`]);
    }
    await addOffsets(client, 'open', open1, 'tellers');
    await commitInTransaction(client, 'open', open1, 'tellers', 'plain', 7);
    await endAndSettle(client, 'aborted', aborted, false);
    const before = await viewOf(client, ['readers', 'tellers']);
    expect(before.partitions.find(({ name }) => name === 'money')).toMatchObject({
      lastStableOffset: 1,
      aborted: [{ firstOffset: 0 }],
    });
    await broker.close();

    const second = await open();
    expect(await viewOf(second.client, ['readers', 'tellers'])).toEqual(before);
    expect(await produceTo(second.client, 'plain', batch())).toEqual(once);
    const next = await initProducer(second.client, null);
    expect(next.producerId).toBeGreaterThan(Math.max(plain.producerId, open1.producerId, aborted.producerId));
    const stale = await fetchFrom(second.client, 'plain', 3, { currentLeaderEpoch: 0 });
    expect(stale.error).toBe('FENCED_LEADER_EPOCH');
    expect((await endTransaction(second.client, 'open', open1, true, 3)).error).toBe('NONE');
    await endAndSettle(second.client, 'open', open1, true);
    const after = await fetchFrom(second.client, 'money', 0, { isolationLevel: 1 });
    expect(shown(after.rows).at(-1)).toBe('1:of open');
    const { positions } = await viewOf(second.client, ['tellers']);
    expect(positions[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(7);
    const topics = await second.client.send(listConfigResourcesApi, { resourceTypes: [2] });
    expect(topics.configResources.map(({ resourceName }) => resourceName)).toEqual(['money', 'plain']);
    expect(readdirSync(path.join(directory, 'topics'))).toHaveLength(2);
  });

  it('ends a transaction whose end was decided when the process ended', async () => {
    // Markers are written on a later turn, which this clock never has.
    const { broker, client } = await open(directory, { clock: { ...systemClock, soon: () => {} } });
    broker.createTopic('money', 1);
    const producer = await initProducer(client, 'id');
    await addPartitions(client, 'id', producer, 'money');
    await produceInTransaction(client, 'money', 'id', producer, 0, ['paid']);
    expect((await endTransaction(client, 'id', producer, true)).error).toBe('NONE');
    expect((await fetchFrom(client, 'money', 0, { isolationLevel: 1 })).rows).toEqual([]);
    await broker.close();
    const again = await open();
    expect(shown((await fetchFrom(again.client, 'money', 0, { isolationLevel: 1 })).rows)).toEqual(['0:paid']);
    await again.broker.close();
    // Once is enough.
    const third = await open();
    expect((await endsOf(third.client, 'money'))[0]?.offset).toBe(2);
  });

  it('has what is whole, wherever its last segment is cut, and goes on behind that', async () => {
    const { broker, client } = await open();
    broker.createTopic('orders', 1);
    const ends = [0];
    for (let n = 0; n < 8; n++) {
      await produceTo(client, 'orders', batchOf([`${n}`]));
      ends.push(statSync(segmentOf(directory)).size);
    }
    await broker.close();
    const size = ends.at(-1) ?? 0;
    for (let cut = size; cut >= 0; cut -= 29) {
      const copy = `${directory}-${cut}`;
      cleanUp.push(() => rmSync(copy, { recursive: true, force: true }));
      cpSync(directory, copy, { recursive: true });
      truncateSync(segmentOf(copy), cut);
      const whole = ends.findLastIndex((end) => end <= cut);
      const expected = Array.from({ length: whole }, (_, n) => `${n}:${n}`);
      const cutOff = await open(copy);
      expect(await produceTo(cutOff.client, 'orders', batchOf(['next']))).toEqual({ error: 'NONE', baseOffset: whole });
      await cutOff.broker.close();
      const again = await open(copy);
      expect(shown((await fetchFrom(again.client, 'orders', 0)).rows)).toEqual([...expected, `${whole}:next`]);
      await again.broker.close();
    }
  });

  it('is had by one broker at a time, in this process and in others, whatever a dead one has left', async () => {
    const { broker } = await open();
    expect(() => new EmbeddedBroker({ dataDirectory: directory })).toThrow(expect.objectContaining({ code: 'BROKER_DATA_LOCKED' })); // prettier-ignore
    const other = startHeadrace(['broker', '--port', '0', '--data-dir', directory]);
    expect((await other.exited).code).toBe(1);
    expect(other.stderr).toContain('BROKER_DATA_LOCKED');
    expect(other.stderr).toContain(`process ${process.pid}`);
    await broker.close();
    writeFileSync(path.join(directory, 'lock'), '999999999');
    const again = await open();
    expect(readFileSync(path.join(directory, 'lock'), 'utf8')).toBe(String(process.pid));
    await again.broker.close();
    expect(readdirSync(directory).sort()).toEqual(['broker.json', 'state.log', 'topics']);
  });

  it('refuses what a later version has written, and a file in the place of the directory', () => {
    const stamp = path.join(directory, 'broker.json');
    writeFileSync(stamp, '{"headraceBroker":2,"clusterId":"x"}');
    const opening = (at: string) => {
      try {
        new EmbeddedBroker({ dataDirectory: at });
        return 'opened';
      } catch (error) {
        return error instanceof DataDirectoryError ? `${error.code}: ${error.message}` : String(error);
      }
    };
    expect(opening(directory)).toBe(
      `BROKER_DATA_UNREADABLE: "${stamp}" is of format 2, and this broker knows format 1. Give another directory, or delete this one.`,
    );
    expect(opening(stamp)).toMatch(/^BROKER_DATA_UNREADABLE: .*cannot be made/);
    // Nobody holds what could not be opened.
    writeFileSync(stamp, '');
    const opened = new EmbeddedBroker({ dataDirectory: directory });
    cleanUp.push(() => opened.close());
    expect(opened.clusterId).toHaveLength(22);
  });
});

describe('A broker whose process is killed', () => {
  const seed = Number(process.env['HEADRACE_SEED'] ?? 20_261_128);
  const rounds = Number(process.env['BROKER_KILL_ROUNDS'] ?? 2);

  it(`has every record and position that it acknowledged, once and in order (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const port = await freePort();
    const acknowledged: string[] = [];
    let position = 0;
    let sequence = 0;
    let identity = { producerId: -1, epoch: -1 };
    for (let round = 0; round <= rounds; round++) {
      const args = ['broker', '--port', `${port}`, '--topic', 'orders', '--data-dir', directory];
      const broker = startHeadrace(args);
      cleanUp.push(() => broker.kill('SIGKILL'));
      await broker.waitForOutput(/listening at/);
      const client = await openClient({ bootstrap: `127.0.0.1:${port}` });
      if (round === 0) identity = await initProducer(client, null);
      const { rows } = await fetchFrom(client, 'orders', 0, { partitionMaxBytes: 1 << 24 });
      const values = rows.map(({ value }) => String(value));
      // What was under way when the process ended is there or not; the producer sends it again under its sequence.
      expect(values.slice(0, acknowledged.length)).toEqual(acknowledged);
      expect(values.length - acknowledged.length).toBeLessThanOrEqual(1);
      expect(values).toEqual(Array.from(values, (_, n) => `${n}`));
      const asked = { groups: [{ groupId: 'readers', topics: null }], requireStable: false };
      const { groups } = await client.send(offsetFetchApi, asked, 8);
      const kept = groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? 0;
      expect([position, position + 1]).toContain(kept);
      position = kept;
      if (round === rounds) break;
      const killAt = acknowledged.length + 5 + Math.floor(random() * 40);
      const producer = () => ({ producerId: identity.producerId, producerEpoch: identity.epoch, baseSequence: sequence, transactional: false }); // prettier-ignore
      try {
        for (;;) {
          // The next request is on its way when the process is killed.
          const written = produceTo(client, 'orders', batchOf([`${sequence}`], { producer: producer() }));
          if (acknowledged.length >= killAt) broker.kill('SIGKILL');
          const { error } = await written;
          expect(named(0)).toBe(error);
          acknowledged.push(`${sequence}`);
          sequence += 1;
          expect(await commit(client, 'readers', 'orders', position + 1)).toBe('NONE');
          position += 1;
        }
      } catch (error) {
        expect(String(error)).toContain('ended the connection');
      }
      expect(await broker.exited).toEqual({ code: null, signal: 'SIGKILL' });
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 * rounds);
  });
});

/** Returns the last segment of the only partition. */
function segmentOf(data: string): string {
  const topics = path.join(data, 'topics');
  const folder = path.join(topics, readdirSync(topics)[0] ?? '', '0');
  return path.join(folder, readdirSync(folder).sort().at(-1) ?? '');
}
