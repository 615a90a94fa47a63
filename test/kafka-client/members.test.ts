import { EmbeddedBroker } from '@headrace/broker';
import { systemClock, type GroupListener, type HeadraceError, type Log } from '@headrace/core';
import { createKafkaLog, type KafkaTuning } from '@headrace/kafka';
import {
  errorCode,
  findCoordinatorApi,
  heartbeatApi,
  joinGroupApi,
  offsetCommitApi,
  type KafkaErrorName,
} from '@headrace/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { joinAll, listener } from '../kafka/open-log.ts';
import { waitUntil } from '../kafka/wait-until.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const start = async (): Promise<EmbeddedBroker> => {
  const broker = new EmbeddedBroker();
  cleanUp.push(() => broker.close());
  await broker.listen();
  broker.createTopic('t', 2);
  return broker;
};

const open = async (broker: EmbeddedBroker, tuning: Partial<KafkaTuning>): Promise<Log> => {
  const log = await createKafkaLog({
    brokers: broker.bootstrap.split(','),
    clientId: 'members',
    group: 'members',
    clock: systemClock,
    tuning,
  });
  cleanUp.push(() => log.close());
  return log;
};

/** Nothing of it happens by itself while a test lasts. */
const patient = { sessionTimeoutMs: 600_000, heartbeatMs: 300_000, rebalanceTimeoutMs: 600_000 };

describe('a member', () => {
  it('finds the coordinator that has moved when a commit hears of it, and needs no beat', async () => {
    const broker = await start();
    const log = await open(broker, patient);
    const { membership } = await joinAll(log, 't', 2);
    let found = 0;
    let commits = 0;
    broker.faults.onRequest(findCoordinatorApi, () => void (found += 1));
    broker.faults.onResponse(offsetCommitApi, ({ nth, response }) => {
      commits = nth;
      if (nth > 1) return undefined;
      const code = errorCode('NOT_COORDINATOR');
      const topics = response.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((one) => ({ ...one, errorCode: code })),
      }));
      return { do: 'rewrite', response: { ...response, topics } };
    });
    await membership.commit([{ partition: 't/0', offset: 1, metadata: '' }]);
    expect([found, commits]).toEqual([1, 2]);
    expect((await log.committed(['t/0'])).get('t/0')?.offset).toBe(1);
  });

  it('joins anew at once where its join is held by a coordinator that has forgotten it', async () => {
    const broker = await start();
    // The group waits this long for the member that it has not really forgotten, and an answer may take ten minutes.
    const times = { heartbeatMs: 50, rebalanceTimeoutMs: 1000, requestTimeoutMs: 600_000 };
    const log = await open(broker, { ...patient, ...times });
    const { told } = await joinAll(log, 't', 2);
    let isHeld = false;
    const beats = answerBeats(broker, (nth) => {
      if (isHeld) return 'UNKNOWN_MEMBER_ID';
      return nth === 1 ? 'REBALANCE_IN_PROGRESS' : 'NONE';
    });
    const joins = broker.faults.onRequest(joinGroupApi, () => {
      if (isHeld) return undefined;
      isHeld = true;
      return { do: 'drop' };
    });
    await waitUntil(
      () => told.losses,
      (losses) => losses === 1,
      { what: 'the member hears that it is forgotten', intervalMs: 5 },
    );
    expect(isHeld).toBe(true);
    beats();
    // The connection on which the first join lies answers nothing more.
    await waitUntil(
      () => [told.joins, told.owned.size],
      ([assignments, owned]) => assignments === 2 && owned === 2,
      { what: 'the member has joined anew', intervalMs: 5 },
    );
    joins();
    expect(told.failure).toBeNull();
  });

  it('fails where partitions are not given back within twice the time for it, and others get them', async () => {
    const broker = await start();
    const first = await open(broker, { sessionTimeoutMs: 10_000, heartbeatMs: 50, rebalanceTimeoutMs: 500 });
    const { told, on } = listener();
    let askedBack = 0;
    let wasHurried = false;
    const stubborn: GroupListener = {
      ...on,
      revoking(partitions, signal) {
        askedBack += partitions.length;
        signal.addEventListener('abort', () => (wasHurried = true));
        return new Promise(() => {});
      },
    };
    await first.join(['t'], stubborn);
    await waitUntil(
      () => told.owned.size,
      (owned) => owned === 2,
      { what: 'the first member has both partitions', intervalMs: 5 },
    );
    const second = await open(broker, { sessionTimeoutMs: 10_000, heartbeatMs: 50, rebalanceTimeoutMs: 500 });
    const other = listener();
    await second.join(['t'], other.on);
    await waitUntil(
      () => other.told.owned.size,
      (owned) => owned === 2,
      { what: 'the second member has both partitions', intervalMs: 5 },
    );
    expect(askedBack).toBe(1);
    expect(wasHurried).toBe(true);
    const failure = told.failure as HeadraceError | null;
    expect(failure).toMatchObject({
      code: 'PARTITIONS_NOT_GIVEN_BACK',
      message: 'Partitions of group "members" were to be given back, and were not within 1000 ms.',
    });
    expect(told.losses).toBe(1);
  });
});

/** Answers beats with the code that is chosen for each; returns what ends it. */
function answerBeats(broker: EmbeddedBroker, choose: (nth: number) => KafkaErrorName): () => void {
  return broker.faults.onRequest(heartbeatApi, ({ nth }) => {
    const name = choose(nth);
    if (name === 'NONE') return undefined;
    return { do: 'answer', response: { throttleTimeMs: 0, errorCode: errorCode(name) } };
  });
}
