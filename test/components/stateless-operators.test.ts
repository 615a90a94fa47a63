import { channel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { drive, orders, sink, values } from './drive.ts';

const cart = {
  type: 'record',
  name: 'Cart',
  fields: [
    { name: 'id', type: 'string' },
    {
      name: 'lines',
      type: [
        'null',
        { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } },
      ],
    },
  ],
};
const text = { type: 'record', name: 'Text', fields: [{ name: 'line', type: 'string' }] };

describe('flatMap', () => {
  it('makes a record of each item, and sends a record without items away', async () => {
    const driver = await drive({
      sources: { in: orders(cart) },
      operators: {
        item: { type: 'flatMap', input: 'in', each: 'lines' },
        full: {
          type: 'flatMap',
          input: 'in',
          each: 'lines',
          as: 'line',
          index: 'n',
          set: { sku: 'line.sku', n: 'n + 1' },
        },
      },
      sinks: { items: sink('item'), filled: sink('full'), none: sink('item.dropped') },
    });
    await driver.send('in', [
      { value: { id: 'a', lines: [{ sku: 'x' }, { sku: 'y' }] } },
      { value: { id: 'b', lines: [] } },
      { value: { id: 'c', lines: null } },
    ]);
    await driver.settle();
    expect(values(driver, 'items')).toEqual([{ sku: 'x' }, { sku: 'y' }]);
    expect(values(driver, 'filled')).toMatchObject([
      { id: 'a', sku: 'x', n: 1 },
      { id: 'a', sku: 'y', n: 2 },
    ]);
    expect(values(driver, 'none')).toMatchObject([{ id: 'b' }, { id: 'c' }]);
    expect(driver.counters()['item']).toMatchObject({ in: 3, out: 2, dropped: 2 });
    // Nobody reads that port: the reason says why they went no further.
    expect(driver.counters()['full']).toMatchObject({ in: 3, out: 2, empty: 2 });
    await driver.stop();
  });

  it('fails a record as a whole: no item of it has left before', async () => {
    const driver = await drive({
      sources: { in: orders(cart) },
      operators: { item: { type: 'flatMap', input: 'in', each: 'lines', index: 'n', select: { rest: '6 / (n - 1)' } } },
      sinks: { items: sink('item'), failed: sink('item.error') },
    });
    await driver.send('in', [
      { value: { id: 'a', lines: [{ sku: 'x' }] } },
      { value: { id: 'b', lines: [{ sku: 'x' }, { sku: 'y' }] } },
    ]);
    await driver.settle();
    expect(values(driver, 'items')).toEqual([{ rest: -6 }]);
    expect(values(driver, 'failed')).toMatchObject([{ id: 'b' }]);
    await driver.stop();
  });
});

describe('parse', () => {
  const parse = (options: object) =>
    drive({
      sources: { in: orders(text) },
      operators: { parsed: { type: 'parse', input: 'in', of: 'line', ...options } },
      sinks: { out: sink('parsed'), failed: sink('parsed.error') },
    });

  it('takes lines of an access log apart', async () => {
    const driver = await parse({ format: 'combined' });
    await driver.send('in', [
      {
        value: { line: '10.0.0.1 - eva [10/Oct/2025:13:55:36 +0200] "GET /a b HTTP/1.1" 404 - "http://x" "a \\"b\\""' },
      },
      { value: { line: '::1 - - [01/Jan/2026:00:00:00 +0000] "-" 400 0' } },
      { value: { line: 'no log' } },
    ]);
    await driver.settle();
    expect(values(driver, 'out')).toEqual([
      {
        remoteHost: '10.0.0.1',
        identity: null,
        user: 'eva',
        time: Date.parse('2025-10-10T11:55:36Z'),
        method: 'GET',
        path: '/a b',
        protocol: 'HTTP/1.1',
        status: 404,
        bytes: null,
        referer: 'http://x',
        userAgent: 'a "b"',
      },
      expect.objectContaining({ remoteHost: '::1', path: null, method: null, status: 400, bytes: 0, referer: null }),
    ]);
    expect(values(driver, 'failed')).toEqual([{ line: 'no log' }]);
    await driver.stop();
  });

  it('takes JSON apart by a schema, or field by field', async () => {
    const driver = await parse({ format: 'json', select: { line: 'line', n: 'int(m.n) + 1', null: 'm.x == null' } });
    await driver.send('in', [{ value: { line: '{"n": 2, "x": null}' } }, { value: { line: '{' } }]);
    await driver.settle();
    expect(values(driver, 'out')).toEqual([{ line: '{"n": 2, "x": null}', n: 3, null: true }]);
    expect(values(driver, 'failed')).toEqual([{ line: '{' }]);
    await driver.stop();
    const whole = await parse({ format: 'json', output: { ...text, name: 'Inner' } });
    await whole.send('in', [{ value: { line: '{"line": "x", "more": 1}' } }, { value: { line: '[]' } }]);
    await whole.settle();
    expect(values(whole, 'out')).toEqual([{ line: 'x' }]);
    expect(values(whole, 'failed')).toEqual([{ line: '[]' }]);
    await whole.stop();
  });

  it('takes logfmt, CSV and syslog apart', async () => {
    const logfmt = await parse({
      format: 'logfmt',
      select: { level: 'm.level', msg: "m['msg']", flag: 'has(m.flag)' },
    });
    await logfmt.send('in', { value: { line: 'level=info msg="a \\"b\\"" __proto__=x flag' } });
    await logfmt.settle();
    expect(values(logfmt, 'out')).toEqual([{ level: 'info', msg: 'a "b"', flag: false }]);
    await logfmt.stop();
    const csv = await parse({ format: 'csv', select: { a: 'm[0]', n: 'int(m[2])' } });
    await csv.send('in', [{ value: { line: '"x, ""y""",b,7' } }, { value: { line: '"x' } }, { value: { line: 'x' } }]);
    await csv.settle();
    expect(values(csv, 'out')).toEqual([{ a: 'x, "y"', n: 7 }]);
    expect(values(csv, 'failed')).toHaveLength(2);
    await csv.stop();
    const syslog = await parse({
      format: 'syslog',
      select: { host: 'm.hostname', text: 'm.message', severity: 'm.severity' },
    });
    await syslog.send('in', [
      { value: { line: '<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 [a@1 b="c\\]"] it failed' } },
      { value: { line: "<34>Oct 11 22:14:15 mymachine su[3]: 'su root' failed" } },
    ]);
    await syslog.settle();
    expect(values(syslog, 'out')).toEqual([
      { host: 'mymachine', text: 'it failed', severity: 2 },
      { host: 'mymachine', text: "'su root' failed", severity: 2 },
    ]);
    await syslog.stop();
  });
});

describe('parse by a pattern', () => {
  it('gives the named groups, and fails what does not match, in linear time', async () => {
    const driver = await drive({
      sources: { in: orders(text) },
      operators: {
        parsed: { type: 'parse', input: 'in', of: 'line', pattern: '^(?<key>[a-z]+)=(?:(?<n>\\d+)|(?<word>\\w+))$' },
        slow: { type: 'parse', input: 'in', of: 'line', pattern: '^(?<all>(a+)+)$' },
      },
      sinks: {
        out: sink('parsed'),
        failed: sink('parsed.error'),
        rest: { type: 'drop', input: 'slow' },
        slowly: { type: 'drop', input: 'slow.error' },
      },
    });
    await driver.send('in', [
      { value: { line: 'a=1' } },
      { value: { line: 'b=x' } },
      { value: { line: `${'a'.repeat(20_000)}!` } },
    ]);
    await driver.settle();
    expect(values(driver, 'out')).toEqual([
      { key: 'a', n: '1', word: null },
      { key: 'b', n: null, word: 'x' },
    ]);
    expect(values(driver, 'failed')).toHaveLength(1);
    await driver.stop();
  });
});

describe('assert', () => {
  it('names all conditions that are not true, those that fail included', async () => {
    const driver = await drive({
      operators: {
        sound: {
          type: 'assert',
          input: 'in',
          that: { small: 'amount < 10.0', named: "id != ''", whole: '1 / int(amount) > -1' },
        },
        why: { type: 'map', input: 'sound.error', select: { code: 'error.code', message: 'error.message' } },
      },
      sinks: { out: sink('sound'), failed: sink('why') },
    });
    await driver.send('in', [{ value: { id: 'a', amount: 5 } }, { value: { id: '', amount: 0 } }]);
    await driver.settle();
    expect(values(driver, 'out')).toEqual([{ id: 'a', amount: 5 }]);
    expect(values(driver, 'failed')).toEqual([
      { code: 'ASSERTION_FAILED', message: 'Not true of the record: "named", "whole" (DIVISION_BY_ZERO).' },
    ]);
    await driver.stop();
  });
});

describe('sample', () => {
  it('passes on every n-th record of each partition, and counts the others', async () => {
    const driver = await drive(
      {
        operators: { some: { type: 'sample', input: 'in', every: 3 } },
        sinks: { out: sink('some') },
      },
      { partitions: { in: 2 } },
    );
    for (const partition of [0, 1])
      await driver.send(
        'in',
        Array.from({ length: 7 }, (_, n) => ({ value: { id: `${partition}-${n}`, amount: 1 }, partition })),
      );
    await driver.settle();
    expect(
      values(driver, 'out')
        .map((value) => (value as { id: string }).id)
        .sort(),
    ).toEqual(['0-0', '0-3', '0-6', '1-0', '1-3', '1-6']);
    expect(driver.counters()['some']).toMatchObject({ out: 6, dropped: 8 });
    await driver.stop();
  });

  it('chooses by a hash: about its share, all records of one value, and the same again', async () => {
    const chosen = async (by: string | undefined) => {
      const driver = await drive({
        operators: { some: { type: 'sample', input: 'in', rate: 0.25, ...(by !== undefined && { by }) } },
        sinks: { out: sink('some') },
      });
      await driver.send(
        'in',
        Array.from({ length: 4000 }, (_, n) => ({ value: { id: `k${n % 1000}`, amount: n } })),
      );
      await driver.settle();
      const found = values(driver, 'out') as { id: string; amount: number }[];
      await driver.stop();
      return found;
    };
    const byId = await chosen('id');
    const ids = new Set(byId.map(({ id }) => id));
    expect(byId).toHaveLength(ids.size * 4);
    expect(ids.size).toBeGreaterThan(190);
    expect(ids.size).toBeLessThan(310);
    expect(await chosen('id')).toEqual(byId);
    const byPlace = await chosen(undefined);
    expect(byPlace.length).toBeGreaterThan(880);
    expect(byPlace.length).toBeLessThan(1120);
  });
});

describe('throttle', () => {
  const records = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ value: { id: `k${n % 2}`, amount: n } }));

  it('that waits lets so many through a second and holds nothing back for good', async () => {
    const driver = await drive({
      operators: { slow: { type: 'throttle', input: 'in', perSecond: 100 } },
      sinks: { out: sink('slow') },
    });
    await driver.send('in', records(1000));
    const seen: number[] = [];
    for (let second = 0; second < 12; second++) {
      await driver.advance('1s');
      seen.push(values(driver, 'out').length);
    }
    expect(seen[0]).toBeLessThanOrEqual(120);
    for (const count of seen.slice(1, 9)) expect(Math.abs(count - 100)).toBeLessThanOrEqual(10);
    expect(seen.reduce((sum, count) => sum + count)).toBe(1000);
    await driver.stop();
  });

  it('that waits does not hold back a drain', async () => {
    const driver = await drive({
      operators: { slow: { type: 'throttle', input: 'in', perSecond: 10 } },
      sinks: { out: sink('slow') },
    });
    await driver.send('in', records(1000));
    await driver.settle();
    await driver.stop();
  });

  it('that drops lets the first of each second pass, by key', async () => {
    const driver = await drive({
      operators: { few: { type: 'throttle', input: 'in', perSecond: 3, over: 'drop', by: 'id' } },
      sinks: { out: sink('few') },
    });
    await driver.send('in', records(20));
    await driver.settle();
    expect(values(driver, 'out').map((value) => (value as { amount: number }).amount)).toEqual([0, 1, 2, 3, 4, 5]);
    await driver.advance('1s');
    await driver.send('in', records(20));
    await driver.settle();
    expect(values(driver, 'out')).toHaveLength(6);
    expect(driver.counters()['few']).toMatchObject({ in: 40, out: 12, dropped: 28 });
    await driver.stop();
  });
});

describe('peek', () => {
  it('shows records in the telemetry and passes them on', async () => {
    const seen: unknown[] = [];
    const listen = (event: unknown): number => seen.push(event);
    channel('headrace:record:peeked').subscribe(listen);
    const driver = await drive({ operators: { seen: { type: 'peek', input: 'in' } }, sinks: { out: sink('seen') } });
    await driver.send('in', { value: { id: 'a', amount: 1 } });
    await driver.settle();
    channel('headrace:record:peeked').unsubscribe(listen);
    expect(seen).toMatchObject([{ node: 'seen', level: 'info', record: { value: { id: 'a', amount: 1 }, offset: 0 } }]);
    expect(values(driver, 'out')).toEqual([{ id: 'a', amount: 1 }]);
    await driver.stop();
  });
});
