import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionQueue, sequenceAfter, type ProducerIdentity, type SentBatch } from './partition-queue.ts';

type Answer = 'ok' | 'gap' | 'fenced' | 'refused';

/** A broker's memory of one producer, by the rules of Kafka's log: duplicates, gaps, epochs, and any sequence where nothing is remembered. */
class ModelBroker {
  readonly log: number[] = [];
  #epoch = -1;
  #lastSequence = -1;
  #recent: { epoch: number; sequence: number; records: number }[] = [];

  append({ identity, sequence, records, content }: SentBatch<number>, isBad: boolean): Answer {
    if (isBad) return 'refused';
    if (identity.epoch < this.#epoch) return 'fenced';
    const { epoch } = identity;
    if (this.#recent.some((seen) => seen.epoch === epoch && seen.sequence === sequence && seen.records === records))
      return 'ok';
    if (epoch > this.#epoch && this.#epoch !== -1 && sequence !== 0) return 'gap';
    if (epoch === this.#epoch && sequence !== sequenceAfter(this.#lastSequence, 1)) return 'gap';
    this.#epoch = epoch;
    this.#lastSequence = sequenceAfter(sequence, records - 1);
    this.#recent = [...this.#recent, { epoch, sequence, records }].slice(-5);
    this.log.push(content);
    return 'ok';
  }

  forget(): void {
    this.#epoch = -1;
    this.#lastSequence = -1;
    this.#recent = [];
  }
}

/** What may happen next. A cut loses the answers to all that is in flight; some of it reaches the broker first, some much later. */
const events = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'send' as const }) },
  { weight: 6, arbitrary: fc.constant({ kind: 'process' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'add' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'error' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), reached: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'zombie' as const }) },
);
const schedules = fc.array(events, { maxLength: 200 });

interface Run {
  readonly broker: ModelBroker;
  readonly acked: number[];
  readonly refused: number[];
  readonly added: number;
  readonly renewals: number;
}

/** Plays a schedule and then lets everything through. */
function play(schedule: readonly { kind: string; reached?: number }[], bad: ReadonlySet<number>, forgets = false): Run {
  const queue = new PartitionQueue<number>();
  const broker = new ModelBroker();
  const acked: number[] = [];
  const refused: number[] = [];
  let connection: SentBatch<number>[] = [];
  const zombies: SentBatch<number>[] = [];
  let added = 0;
  let epoch = 0;
  const add = (): void => {
    queue.add({ content: added, records: 1 + ((added * 7) % 5), deadline: Infinity });
    added += 1;
  };
  const send = (): void => {
    if (queue.needsIdentity) queue.begin({ producerId: 1, epoch: epoch++ });
    const batch = queue.next(0);
    // What is sent is fixed: the queue may number its batch anew, and the bytes on the way stay what they were.
    if (batch !== null) connection.push({ ...batch, original: batch } as SentBatch<number>);
  };
  const original = (batch: SentBatch<number>): SentBatch<number> =>
    (batch as unknown as { original: SentBatch<number> }).original;
  const process = (): void => {
    const batch = connection.shift();
    if (batch === undefined) return;
    const answer = broker.append(batch, bad.has(batch.content));
    if (answer === 'ok') acked.push(batch.content);
    if (answer === 'refused') refused.push(batch.content);
    const outcome = answer === 'ok' ? 'acked' : answer === 'refused' ? 'refused' : 'gap';
    queue.settle(original(batch), outcome, 0);
  };
  const cut = (reached: number): void => {
    connection.slice(0, reached).forEach((batch) => broker.append(batch, bad.has(batch.content)));
    zombies.push(...connection.slice(reached));
    for (const batch of connection) queue.settle(original(batch), 'again', 0);
    connection = [];
  };
  for (const event of schedule) {
    if (event.kind === 'send') send();
    if (event.kind === 'process') process();
    if (event.kind === 'add') add();
    if (event.kind === 'cut') cut(event.reached ?? 0);
    if (event.kind === 'zombie') {
      const late = zombies.shift();
      if (late !== undefined) broker.append(late, bad.has(late.content));
      else if (forgets) broker.forget();
    }
    if (event.kind === 'error') {
      const batch = connection.shift();
      if (batch !== undefined) queue.settle(original(batch), 'again', 0);
    }
  }
  for (let round = 0; round < 10_000 && (!queue.isEmpty || connection.length > 0); round++) {
    send();
    process();
  }
  expect(queue.isEmpty, 'everything has an end').toBe(true);
  for (const late of zombies) broker.append(late, bad.has(late.content));
  return { broker, acked, refused, added, renewals: epoch - 1 };
}

const firsts = (log: readonly number[]): number[] => [...new Set(log)];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('the batches of a partition', () => {
  it('are appended once each and in order, whatever is lost on the way', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { broker, acked, added, renewals } = play(schedule, new Set());
        expect(renewals).toBeLessThanOrEqual(0);
        expect(broker.log).toEqual(upTo(added));
        expect(acked.sort((a, b) => a - b)).toEqual(upTo(added));
      }),
      { numRuns: 3000 },
    );
  });

  it('go on in order past those that are refused, which are never appended', () => {
    fc.assert(
      fc.property(schedules, fc.uniqueArray(fc.nat(30), { maxLength: 6 }), (schedule, numbers) => {
        const bad = new Set(numbers);
        const { broker, refused, added } = play(schedule, bad);
        const good = upTo(added).filter((n) => !bad.has(n));
        expect(firsts(broker.log)).toEqual(good);
        expect(firsts(refused)).toEqual(upTo(added).filter((n) => bad.has(n)));
      }),
      { numRuns: 3000 },
    );
  });

  it('lose nothing where the broker forgets its producers', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { broker, acked, added } = play(schedule, new Set(), true);
        expect(firsts(broker.log).sort((a, b) => a - b)).toEqual(upTo(added));
        expect(acked.sort((a, b) => a - b)).toEqual(upTo(added));
      }),
      { numRuns: 2000 },
    );
  });

  const identity: ProducerIdentity = { producerId: 1, epoch: 0 };
  const filled = (count: number, records = 1): PartitionQueue<number> => {
    const queue = new PartitionQueue<number>();
    for (const content of upTo(count)) queue.add({ content, records, deadline: 100 });
    queue.begin(identity);
    return queue;
  };

  it('are alone until the first is acknowledged, then five', () => {
    const queue = filled(10);
    const first = queue.next(0);
    expect(queue.next(0)).toBeNull();
    queue.settle(first!, 'acked', 0);
    const sent = upTo(10).map(() => queue.next(0)?.content);
    expect(sent).toEqual([1, 2, 3, 4, 5, undefined, undefined, undefined, undefined, undefined]);
  });

  it('count their sequences by records, over the end of 31 bits', () => {
    expect(sequenceAfter(2 ** 31 - 1, 1)).toBe(0);
    expect(sequenceAfter(2 ** 31 - 2, 5)).toBe(3);
    const queue = filled(3, 2 ** 30);
    const sequences = upTo(3).map(() => {
      const batch = queue.next(0)!;
      queue.settle(batch, 'acked', 0);
      return batch.sequence;
    });
    expect(sequences).toEqual([0, 2 ** 30, 0]);
  });

  it('are given up at their deadline, but not while they are in flight, and sequences begin anew', () => {
    const queue = filled(3);
    const first = queue.next(0)!;
    expect(queue.expire(200)).toEqual([]);
    queue.settle(first, 'again', 0);
    expect(queue.expire(50)).toEqual([]);
    expect(queue.expire(200).map(({ content }) => content)).toEqual([0, 1, 2]);
    queue.add({ content: 9, records: 1, deadline: 1000 });
    expect(queue.next(200)).toBeNull();
    expect(queue.needsIdentity).toBe(true);
    queue.begin({ producerId: 1, epoch: 1 });
    expect(queue.next(200)).toMatchObject({ content: 9, sequence: 0, identity: { epoch: 1 } });
  });

  it('wait out a pause before they are sent again', () => {
    const queue = filled(1);
    queue.settle(queue.next(0)!, 'again', 10, 50);
    expect(queue.next(59)).toBeNull();
    expect(queue.next(60)).toMatchObject({ content: 0, attempts: 2, sequence: 0 });
  });
});
