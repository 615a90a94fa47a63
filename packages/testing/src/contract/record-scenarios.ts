import { strict as assert } from 'node:assert';
import type { Columns, HeadraceError, SplitReader, StartAt, TopicPartition } from '@headrace/core';
import { columnsOf } from '../log/log-record.ts';
import type { LogHarness, LogScenario } from './log-harness.ts';
import { JoinedMember } from './joined-member.ts';
import { readRecords, recordsOf } from './read-records.ts';
import { uniqueTopic } from './unique-topic.ts';

/** What a Log promises of records: order, positions, bytes as they are. */
export const recordScenarios: readonly LogScenario[] = [
  { name: 'keeps the order of each partition', run: keepsOrder },
  { name: 'goes on at a position', run: goesOnAtPosition },
  { name: 'gives back null and empty keys and values, and headers as they were', run: keepsNulls },
  { name: 'starts at the earliest record, after the latest, or at a timestamp', run: startsAnywhere },
  { name: 'wakes a reader that waits when something is appended', run: wakesReader },
  { name: 'finds an empty partition idle', run: emptyIsIdle },
  { name: 'ends a read that is aborted', run: endsAbortedRead },
  { name: 'refuses a position that is gone, or goes on where it is told to', run: leavesWhatIsGone },
  { name: 'says where a partition ends', run: saysEnd },
];

async function keepsOrder(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 3);
  const expected: string[][] = [[], [], []];
  for (const round of [0, 1, 2]) {
    const partitions = Int32Array.from({ length: 30 }, (_, row) => (row * 7 + round) % 3);
    const values = [...partitions].map((partition, row) => `${partition}:${round}:${row}`);
    values.forEach((value, row) => expected[partitions[row] as number]?.push(value));
    await append(harness, topic, partitions, values);
  }
  for (const [number, values] of expected.entries()) {
    const reader = harness.log.reader(`${topic}/${number}`, 'earliest');
    const records = await readRecords(reader, values.length, 7);
    await reader.close();
    assert.deepEqual(
      records.map(({ value }) => value),
      values,
      `Partition ${number} is not in the order of appending.`,
    );
    const offsets = records.map(({ offset }) => offset);
    assert.deepEqual(
      offsets,
      [...new Set(offsets)].sort((a, b) => a - b),
      'Offsets do not grow strictly.',
    );
  }
  await member.membership.leave();
}

async function goesOnAtPosition(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  await append(harness, topic, new Int32Array(5), ['a', 'b', 'c', 'd', 'e']);
  const first = harness.log.reader(`${topic}/0`, 'earliest');
  const head = await readRecords(first, 2, 2);
  await first.close();
  const second = harness.log.reader(`${topic}/0`, (head.at(-1)?.offset as number) + 1);
  const rest = await readRecords(second, 3, 2);
  await second.close();
  assert.deepEqual(
    [...head, ...rest].map(({ value }) => value),
    ['a', 'b', 'c', 'd', 'e'],
  );
  await member.membership.leave();
}

async function keepsNulls(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  const refusals = await harness.log.append(
    topic,
    new Int32Array(4),
    columnsOf([
      { timestamp: 1_700_000_000_001, key: null, value: bytes('no key') },
      { timestamp: 1_700_000_000_002, key: bytes('no value'), value: null },
      { timestamp: 1_700_000_000_003, key: bytes(''), value: bytes('') },
      {
        timestamp: 1_700_000_000_004,
        key: bytes('headers'),
        value: bytes('v'),
        headers: [
          { name: 'a', value: bytes('1') },
          { name: 'b', value: null },
          { name: 'a', value: bytes('2') },
          { name: '', value: bytes('') },
        ],
      },
    ]),
  );
  assert.deepEqual(refusals, []);
  const reader = harness.log.reader(`${topic}/0`, 'earliest');
  const records = await readRecords(reader, 4);
  await reader.close();
  assert.deepEqual(
    records.map(({ offset: _, headers, ...record }) => ({ ...record, headers: [...headers].sort(byName) })),
    [
      { timestamp: 1_700_000_000_001, key: null, value: 'no key', headers: [] },
      { timestamp: 1_700_000_000_002, key: 'no value', value: null, headers: [] },
      { timestamp: 1_700_000_000_003, key: '', value: '', headers: [] },
      {
        timestamp: 1_700_000_000_004,
        key: 'headers',
        value: 'v',
        headers: [
          ['', ''],
          ['a', '1'],
          ['a', '2'],
          ['b', null],
        ],
      },
    ],
  );
  await member.membership.leave();
}

/** Orders headers by name and keeps the order of one name, which is all that a Log has to keep. */
function byName(left: readonly [string, string | null], right: readonly [string, string | null]): number {
  return left[0] < right[0] ? -1 : Number(left[0] > right[0]);
}

async function startsAnywhere(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  await append(
    harness,
    topic,
    new Int32Array(3),
    ['a', 'b', 'c'],
    [1_700_000_000_000, 1_700_000_001_000, 1_700_000_002_000],
  );
  const read = async (at: StartAt, count: number): Promise<readonly (string | null)[]> => {
    const reader = harness.log.reader(`${topic}/0`, at);
    const records = await readRecords(reader, count);
    await reader.close();
    return records.map(({ value }) => value);
  };
  assert.deepEqual(await read('earliest', 3), ['a', 'b', 'c']);
  assert.deepEqual(await read({ timestamp: 1_700_000_000_001 }, 2), ['b', 'c']);
  const latest = harness.log.reader(`${topic}/0`, 'latest');
  // A first read settles where `latest` is, for a Log that has to ask.
  assert.equal(await latest.read({ records: 10, bytes: 1000, waitMs: 200 }, new AbortController().signal), 'idle');
  await append(harness, topic, new Int32Array(1), ['d']);
  assert.deepEqual(
    (await readRecords(latest, 1)).map(({ value }) => value),
    ['d'],
  );
  await latest.close();
  await member.membership.leave();
}

async function wakesReader(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  const reader = harness.log.reader(`${topic}/0`, 'earliest');
  const read = readRecords(reader, 1);
  await append(harness, topic, new Int32Array(1), ['late']);
  assert.deepEqual(
    (await read).map(({ value }) => value),
    ['late'],
  );
  await reader.close();
  await member.membership.leave();
}

async function emptyIsIdle(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 2);
  await append(harness, topic, new Int32Array(1), ['elsewhere']);
  const reader = harness.log.reader(`${topic}/1`, 'earliest');
  for (let round = 0; round < 3; round += 1) await expectIdle(reader);
  await reader.close();
  await member.membership.leave();
}

async function expectIdle(reader: SplitReader): Promise<void> {
  const result = await reader.read({ records: 10, bytes: 1000, waitMs: 20 }, new AbortController().signal);
  if (typeof result !== 'string') assert.deepEqual(recordsOf(result), [], 'An empty partition has records.');
  assert.notEqual(result, 'end', 'An unbounded reader came to an end.');
}

async function endsAbortedRead(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  const reader = harness.log.reader(`${topic}/0`, 'earliest');
  const abort = new AbortController();
  const read = reader.read({ records: 10, bytes: 1000, waitMs: 2 ** 31 - 1 }, abort.signal).then(
    (result) => assert.equal(result, 'idle', 'An aborted read gave something.'),
    () => undefined,
  );
  abort.abort();
  await read;
  await reader.close();
  await member.membership.leave();
}

async function leavesWhatIsGone(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  const name: TopicPartition = `${topic}/0`;
  await append(harness, topic, new Int32Array(5), ['a', 'b', 'c', 'd', 'e']);
  await harness.deleteBefore(name, 3);
  const limit = { records: 10, bytes: 1000, waitMs: 200 };
  const failing = harness.log.reader(name, 1);
  const failure = async (): Promise<string> => {
    const { signal } = new AbortController();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      try {
        await failing.read(limit, signal);
      } catch (error) {
        return (error as HeadraceError).code;
      }
    }
    return 'no error';
  };
  assert.equal(await failure(), 'OFFSET_OUT_OF_RANGE');
  await failing.close();
  const moves: number[][] = [];
  const moved = (from: number, to: number): void => void moves.push([from, to]);
  const earliest = harness.log.reader(name, 1, { onOutOfRange: 'earliest', moved });
  assert.deepEqual(
    (await readRecords(earliest, 2)).map(({ value }) => value),
    ['d', 'e'],
  );
  await earliest.close();
  const latest = harness.log.reader(name, 9, { onOutOfRange: 'latest', moved });
  for (let next: unknown = null; next !== 5;) {
    const result = await latest.read(limit, new AbortController().signal);
    if (typeof result === 'object') next = result.next;
  }
  await append(harness, topic, new Int32Array(1), ['f']);
  assert.deepEqual(
    (await readRecords(latest, 1)).map(({ value }) => value),
    ['f'],
  );
  await latest.close();
  assert.deepEqual(moves, [
    [1, 3],
    [9, 5],
  ]);
  await member.membership.leave();
}

async function saysEnd(harness: LogHarness): Promise<void> {
  const { topic, member } = await joinedTopic(harness, 1);
  await append(harness, topic, new Int32Array(4), ['a', 'b', 'c', 'd']);
  const reader = harness.log.reader(`${topic}/0`, 1);
  await readRecords(reader, 1, 1);
  const progress = reader.progress?.();
  assert.ok(progress?.isReading, 'A reader that has read something does not say that it reads.');
  assert.equal(progress.first, 1);
  assert.equal(progress.end, 4);
  await reader.close();
  await member.membership.leave();
}

async function joinedTopic(harness: LogHarness, partitions: number): Promise<{ topic: string; member: JoinedMember }> {
  const topic = uniqueTopic('records');
  await harness.createTopic(topic, partitions);
  const member = await JoinedMember.join(harness.log, [topic]);
  await member.until(() => member.owned.size === partitions);
  const expected = Array.from({ length: partitions }, (_, number): TopicPartition => `${topic}/${number}`);
  assert.deepEqual([...member.owned].sort(), expected);
  return { topic, member };
}

async function append(
  harness: LogHarness,
  topic: string,
  partitions: Int32Array,
  values: readonly string[],
  timestamps: readonly number[] = values.map((_, row) => 1_700_000_000_000 + row),
): Promise<void> {
  const columns: Columns = columnsOf(
    values.map((value, row) => ({ value: Buffer.from(value), timestamp: timestamps[row] as number })),
  );
  assert.deepEqual(await harness.log.append(topic, partitions, columns), [], 'A row was refused.');
}
