import { columnsOf, InMemoryLog, VirtualClock, type NewLogRecord } from '@headrace/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { runOverLog, until } from './run-over-log.ts';

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'to', type: ['null', 'string'] },
    { name: 'n', type: 'int' },
  ],
};
const source = { type: 'kafka', topic: 'in', key: 'string', value: { codec: 'json', schema }, tombstones: true };

interface Sent {
  readonly key?: string;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('the sink "kafka" over a Log', () => {
  let clock: VirtualClock;
  let log: InMemoryLog;
  beforeEach(() => {
    clock = new VirtualClock();
    log = new InMemoryLog({ clock });
    log.createTopic('in', 1);
    for (const topic of ['a', 'b', 'letters']) log.createTopic(topic, 4);
  });

  const order = (id: string, to: string | null, n = 1): string => JSON.stringify({ id, to, n });
  const run = async (sink: object, records: readonly Sent[], more: object = {}) => {
    const sent = records.map(({ key = null, value, headers = {} }): NewLogRecord => ({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: Object.entries(headers).map(([name, text]) => ({ name, value: Buffer.from(text) })),
    }));
    await log.append('in', new Int32Array(sent.length), columnsOf(sent));
    const topology = { ...more, sources: { in: source }, sinks: { out: { type: 'kafka', input: 'in', ...sink } } };
    const { running } = runOverLog(topology, { log: log.open(), clock });
    let ended = false;
    void running.finished.then(() => (ended = true));
    await until(clock, () => {
      clock.advance(1);
      return ended || (log.commits().get('in/0')?.offset ?? 0) >= sent.length;
    });
    await running.drain();
    const { error } = await running.finished;
    return error?.code ?? 'done';
  };
  const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());
  const read = (topic: string) =>
    log.read(topic).map(({ key, value, headers, partition }) => ({
      key: text(key),
      value: text(value),
      headers: Object.fromEntries(headers.map((header) => [header.name, text(header.value)])),
      partition,
    }));
  const keysOf = (topic: string) => read(topic).map(({ key }) => key);

  it('puts each record into the topic that it names, and refuses others without holding back their key', async () => {
    const sink = { topicBy: 'to', topics: ['a', 'b'], value: 'json', onError: { deliver: 'deadLetter' } };
    const records = [
      { key: 'k1', value: order('1', 'a') },
      { key: 'k2', value: order('2', 'b') },
      { key: 'k1', value: order('3', 'letters'), headers: { trace: 't' } },
      { key: 'k1', value: order('4', 'b') },
      { key: 'k3', value: order('5', null) },
    ];
    expect(await run(sink, records, { run: { deadLetter: { topic: 'letters' } } })).toBe('done');
    expect(keysOf('a')).toEqual(['k1']);
    expect(read('b').map(({ value }) => (JSON.parse(value ?? '') as { id: string }).id)).toEqual(['2', '4']);
    const letters = read('letters');
    expect(letters.map(({ key }) => key)).toEqual(['k1', 'k3']);
    expect(letters[0]?.headers).toMatchObject({ trace: 't', '__headrace.errors.code': 'TOPIC_NOT_ALLOWED' });
    const names = [...read('a'), ...read('b'), ...letters].flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => name.includes('route'))).toEqual([]);
  });

  it('fails where a record names another topic and nothing says what becomes of it', async () => {
    const sink = { topicBy: 'to', topics: ['a'], value: 'json' };
    expect(await run(sink, [{ key: 'k', value: order('1', 'b') }])).toBe('TOPIC_NOT_ALLOWED');
  });

  it('takes no route from a record that came with one', async () => {
    const forged = { '__headrace.route.topic': 'b', '__headrace.route.partition': '3' };
    const records = [{ key: 'k', value: order('1', 'a'), headers: { ...forged, own: 'x' } }];
    expect(await run({ topic: 'a', value: 'json' }, records)).toBe('done');
    expect(keysOf('b')).toEqual([]);
    expect(read('a')[0]?.headers).toEqual({ own: 'x' });
  });

  it('puts records into the partition that they name, if there is one', async () => {
    const sink = { topic: 'a', value: 'json', partitionBy: 'n', onError: { deliver: 'skip' } };
    const numbers = [3, 0, 2, 4, -1, 1];
    const records = numbers.map((n) => ({ key: `k${String(n)}`, value: order(String(n), 'a', n) }));
    expect(await run(sink, records)).toBe('done');
    expect(Object.fromEntries(read('a').map(({ key, partition }) => [key, partition]))).toEqual({
      k0: 0,
      k1: 1,
      k2: 2,
      k3: 3,
    });
  });

  it('makes a tombstone of what is to be deleted, under the key and the headers that it would have had', async () => {
    const sink = {
      topic: 'a',
      value: 'json',
      keyBy: 'id',
      key: 'string',
      headers: { was: 'record.key' },
      deleteWhen: "record.key == 'gone'",
      partitionBy: '0',
    };
    const records = [
      { key: 'kept', value: order('1', 'a') },
      { key: 'gone', value: order('2', 'a') },
    ];
    expect(await run(sink, records)).toBe('done');
    expect(read('a')).toEqual([
      { key: '1', value: '{"id":"1","to":"a","n":1}', headers: { was: 'kept' }, partition: 0 },
      { key: '2', value: null, headers: { was: 'gone' }, partition: 0 },
    ]);
  });

  it('leaves the headers that came in behind where it is told, of tombstones too', async () => {
    const sink = { topic: 'a', value: 'json', headers: { to: 'to' }, passHeaders: false, partitionBy: '0' };
    const records = [
      { key: 'k', value: order('1', 'a'), headers: { trace: 't' } },
      { key: 'k', value: null, headers: { trace: 't' } },
    ];
    expect(await run(sink, records)).toBe('done');
    expect(read('a').map(({ headers }) => headers)).toEqual([{ to: 'a' }, {}]);
  });

  it('forwards the bytes of values and keys as they were read', async () => {
    const value = '{ "n": 1,\t"more": [], "to":null, "id": "\\u0041" }';
    const sink = { topic: 'a', key: 'asRead', value: 'asRead' };
    const records = [
      { key: 'k', value },
      { key: 'k', value: null },
    ];
    expect(await run(sink, records)).toBe('done');
    expect(read('a').map((record) => [record.key, record.value])).toEqual([
      ['k', value],
      ['k', null],
    ]);
  });

  it('names a topic that is not there', async () => {
    expect(await run({ topic: 'none', value: 'json' }, [{ key: 'k', value: order('1', 'a') }])).toBe('UNKNOWN_TOPIC');
  });
});
