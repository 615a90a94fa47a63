import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GroupListener, SplitReader, TopicPartition } from '@headrace/core';
import { AssignerProtocol, Partitioners } from 'kafkajs';
import { afterEach, expect, it } from 'vitest';
import { consumeAll, type ConsumedRecord } from './consume-all.ts';
import { foreignClient } from './foreign-client.ts';
import { groupLag } from './group-offsets.ts';
import { startHeadrace, type HeadraceProcess } from './headrace-process.ts';
import { openLog, readValues } from './open-log.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { createTopic, uniqueName, withAdmin } from './topics.ts';
import { waitUntil } from './wait-until.ts';

const partitions = 4;
const keysPerPartition = 5;

/** Record `n` of all, on its way into its partition; a key stays in one partition. */
const recordAt = (n: number) => ({
  partition: n % partitions,
  key: `k${n % (partitions * keysPerPartition)}`,
  value: JSON.stringify({ n }),
});

/** Writes records without an end, some with every tick. */
class Feeder {
  sent = 0;
  readonly #producer;
  readonly #topic: string;
  #last: Promise<unknown> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  private constructor(bootstrap: string, topic: string) {
    this.#producer = foreignClient(bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    this.#topic = topic;
    this.#last = this.#producer.connect();
    this.#timer = setInterval(() => this.#feed(), 20);
  }

  static start(bootstrap: string, topic: string): Feeder {
    return new Feeder(bootstrap, topic);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
    await this.#producer.disconnect();
  }

  #feed(): void {
    this.#last = this.#last.then(async () => {
      const messages = Array.from({ length: partitions }, (_, i) => recordAt(this.sent + i));
      this.sent += partitions;
      await this.#producer.send({ topic: this.#topic, messages });
    });
  }
}

async function writeTopology(name: string, from: string, to: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'headrace-takeover-')), 'topology.json');
  const topology = {
    headrace: 1,
    name,
    parameters: { brokers: { type: 'strings', env: 'KAFKA_BROKERS' } },
    clusters: { main: { brokers: { $param: 'brokers' } } },
    run: { commitInterval: '200ms' },
    sources: { in: { type: 'kafka', topic: from, key: 'string', value: 'json' } },
    sinks: { out: { type: 'kafka', input: 'in', topic: to, key: 'string', value: 'json' } },
  };
  await writeFile(file, JSON.stringify(topology));
  return file;
}

/** Returns what Kafka says that each member has, while the group is at rest; null while it is not. */
async function assignmentOf(
  bootstrap: string,
  group: string,
  topic: string,
): Promise<ReadonlyMap<string, number[]> | null> {
  const { groups } = await withAdmin(bootstrap, (admin) => admin.describeGroups([group]));
  const [view] = groups;
  if (view?.state !== 'Stable') return null;
  return new Map(
    view.members.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [],
    ]),
  );
}

interface Seen {
  readonly n: number;
  readonly partition: number;
  readonly at: number;
}

const seenIn = (records: readonly ConsumedRecord[]): Seen[] =>
  records
    .map(({ value, timestamp }) => {
      const { n } = JSON.parse(String(value)) as { n: number };
      return { n, partition: n % partitions, at: timestamp };
    })
    .sort((a, b) => a.at - b.at);

/** Returns the longest time in which nothing of some partitions came out, from an event on. */
function longestGap(seen: readonly Seen[], of: readonly number[], from: number, until: number): number {
  const gaps = of.map((partition) => {
    const times = seen.filter((one) => one.partition === partition && one.at >= from && one.at <= until);
    return times.reduce((gap, { at }, place) => Math.max(gap, at - (times[place - 1]?.at ?? from)), 0);
  });
  return Math.max(0, ...gaps);
}

describeKafka('Workers of one topology on real Kafka', (bootstrap) => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  it('read and commit what stays while the rest is being given back', async () => {
    const topic = await createTopic(bootstrap, 'stays', { partitions });
    const group = uniqueName('stays');
    const [log, other] = [await openLog(bootstrap, { group }), await openLog(bootstrap, { group })];
    const owned = new Set<TopicPartition>();
    const told = { asked: [] as readonly TopicPartition[], others: 0 };
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const on: GroupListener = {
      assigned: (names) => names.forEach((name) => owned.add(name)),
      async revoking(names) {
        told.asked = names;
        await released;
      },
      lost: () => {},
      failed: () => {},
    };
    const membership = await log.join([topic], on);
    await waitUntil(() => owned.size, (size) => size === partitions, { what: 'all is assigned', intervalMs: 5 });
    const readers = new Map<TopicPartition, SplitReader>([...owned].map((name) => [name, log.reader(name, 'earliest')]));
    await other.join([topic], { ...on, assigned: (names) => void (told.others += names.length) });
    await waitUntil(() => told.asked.length, (count) => count === 2, { what: 'two are asked back', intervalMs: 5 });
    const kept = [...owned].filter((name) => !told.asked.includes(name));
    for (let round = 1; round <= 3; round++) {
      const records = kept.map((name) => ({ key: null, value: `${round}`, partition: Number(name.split('/').at(-1)) }));
      await produce(bootstrap, topic, records);
      for (const name of kept) {
        expect(await readValues(readers.get(name) as SplitReader, 1)).toEqual([`${round}`]);
        await membership.commit([{ partition: name, offset: round, metadata: '' }]);
      }
    }
    // Nobody has them before they are given back.
    expect(told.others).toBe(0);
    release();
    await waitUntil(() => told.others, (count) => count === 2, { what: 'the other has them', intervalMs: 5 });
    expect([...(await log.committed(kept)).values()].map(({ offset }) => offset)).toEqual([3, 3]);
  }); // prettier-ignore

  it('are added, stopped and killed while records come: each key keeps its order, and what stays does not stop', async () => {
    const from = await createTopic(bootstrap, 'from', { partitions });
    const to = await createTopic(bootstrap, 'to', { partitions, config: { 'message.timestamp.type': 'LogAppendTime' } });
    const name = uniqueName('takeover');
    const file = await writeTopology(name, from, to);
    const start = (): HeadraceProcess => {
      const run = startHeadrace(['run', file], { env: { KAFKA_BROKERS: bootstrap } });
      cleanUp.push(() => run.kill('SIGKILL'));
      return run;
    };
    const rest = (members: number) =>
      waitUntil(
        () => assignmentOf(bootstrap, name, from),
        (view) => view?.size === members && [...view.values()].flat().length === partitions,
        { what: `${members} members share the partitions`, deadlineMs: 120_000 },
      ) as Promise<ReadonlyMap<string, number[]>>;
    const feeder = Feeder.start(bootstrap, from);
    cleanUp.push(() => feeder.stop());
    /** Lets so many records come and be delivered. */
    const goOn = async (): Promise<void> => {
      const target = feeder.sent + 200;
      await waitUntil(() => feeder.sent, (sent) => sent >= target, { what: 'records come' });
      await waitUntil(() => groupLag(bootstrap, name, from), (lag) => feeder.sent - lag >= target, { what: 'they are delivered', deadlineMs: 120_000 });
    };
    const events: { what: string; at: number; until: number; moved: number[] }[] = [];
    const after = async (what: string, before: ReadonlyMap<string, number[]>, act: () => unknown, members: number) => {
      const at = Date.now();
      await act();
      const now = await rest(members);
      await goOn();
      const [stays = ''] = [...before.keys()].filter((id) => now.has(id));
      const [had, has] = [before.get(stays) ?? [], now.get(stays) ?? []];
      const moved = Array.from({ length: partitions }, (_, p) => p).filter((p) => !(had.includes(p) && has.includes(p)));
      events.push({ what, at, until: Date.now(), moved });
      return now;
    };

    const first = start();
    await goOn();
    let view = await rest(1);
    let second = start();
    view = await after('added', view, () => {}, 2);
    view = await after('stopped', view, async () => {
      second.kill('SIGTERM');
      expect(await second.exited, second.stderr).toEqual({ code: 0, signal: null });
    }, 1);
    const [firstId] = [...view.keys()];
    second = start();
    view = await after('added again', view, () => {}, 2);
    const ofKilled = [...view].filter(([id]) => id !== firstId).flatMap(([, numbers]) => numbers);
    const killedAt = Date.now();
    view = await after('killed', view, () => second.kill('SIGKILL'), 1);
    await feeder.stop();
    await waitUntil(() => groupLag(bootstrap, name, from), (lag) => lag === 0, { what: 'everything is committed' });
    first.kill('SIGTERM');
    expect(await first.exited, first.stderr).toEqual({ code: 0, signal: null });

    const seen = seenIn(await consumeAll(bootstrap, to));
    const firsts = new Map<number, Seen>();
    for (const one of seen) if (!firsts.has(one.n)) firsts.set(one.n, one);
    expect(firsts.size, 'nothing is lost').toBe(feeder.sent);
    const repeats = seen.filter((one) => firsts.get(one.n) !== one);
    for (const one of repeats) {
      expect(ofKilled, 'only what the killed one had is repeated').toContain(one.partition);
      expect(one.at).toBeGreaterThanOrEqual(killedAt);
    }
    const last = new Map<string, number>();
    for (const { key, value } of await consumeAll(bootstrap, to)) {
      const { n } = JSON.parse(String(value)) as { n: number };
      const before = last.get(String(key)) ?? -1;
      // A repeat goes back at most once, to what was not committed; what is new comes in order.
      if (n > before) expect(n, `key ${String(key)} leaves one out`).toBe(before < 0 ? n : before + partitions * keysPerPartition);
      last.set(String(key), Math.max(n, before));
    }
    for (const { what, at, until, moved } of events) {
      const kept = Array.from({ length: partitions }, (_, p) => p).filter((p) => !moved.includes(p));
      const all = [...firsts.values()].sort((a, b) => a.at - b.at);
      const times = [kept, moved].map((of) => longestGap(all, of, at, until));
      console.log(`${what}: ${moved.length} partitions moved and stood still for ${times[1]} ms; ${kept.length} stayed, their longest pause was ${times[0]} ms`);
    }
    console.log(`${repeats.length} of ${feeder.sent} records were repeated after the kill`);
    expect(events.map(({ moved }) => moved.length)).toEqual([2, 2, 2, 2]);
  }, 300_000); // prettier-ignore
});
