import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDev, type DevProcess } from './dev-process.ts';

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
};

const topology = {
  headrace: 1,
  name: 'shop',
  run: { onError: { decode: 'deadLetter' }, deadLetter: { topic: 'orders-rejected' } },
  sources: {
    orders: {
      type: 'kafka',
      topic: 'orders',
      key: { codec: 'string', equals: 'id' },
      value: { codec: 'json', schema: './order.avsc' },
    },
  },
  operators: { large: { type: 'filter', input: 'orders', where: 'amount > 10.0' } },
  sinks: { out: { type: 'kafka', input: 'large', topic: 'large-orders', value: 'avro', create: { partitions: 3 } } },
};

describe('headrace dev', () => {
  let folder: string;
  let dev: DevProcess;
  const file = (name: string): string => path.join(folder, name);
  /** Saves as editors do: a new file in the place of the old one. */
  const save = async (name: string, text: string): Promise<void> => {
    await writeFile(file(`${name}.new`), text);
    await rename(file(`${name}.new`), file(name));
  };
  const start = (...args: string[]): DevProcess => {
    dev = startDev(['topology.json', '--port', '0', ...args], folder);
    return dev;
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-dev-test-'));
    await mkdir(file('samples'));
    await save('topology.json', JSON.stringify(topology));
    await save('order.avsc', JSON.stringify(order));
    await save('samples/orders.ndjson', '{"id":"a","amount":5}\n{"id":"b","amount":20}\n');
  });
  afterEach(async () => {
    await dev.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it('feeds samples, shows them at each node and where they are written, and ends at a signal with what it did', async () => {
    const bad = { key: 'c', raw: '{"id":"c","amount":"x"}' };
    await save(
      'samples/orders.records.ndjson',
      ['a', 'b'].map((id, n) => JSON.stringify({ value: { id, amount: 5 + n * 15 } })).join('\n') +
        `\n${JSON.stringify(bad)}\n`,
    );
    start();
    await dev.record('orders', '{"id":"a","amount":5}');
    await dev.record('large', '{"id":"b","amount":20}');
    const written = await dev.record('out', '{"id":"b","amount":20}');
    expect(written).toMatchObject({ topic: 'large-orders', key: 'b', port: 'sink' });
    const letter = await dev.event((event) => event.kind === 'record' && event.node === '$deadLetter');
    expect(letter).toMatchObject({ topic: 'orders-rejected', value: { id: 'c', amount: 'x' } });
    expect(letter.headers).toMatchObject({ '__headrace.errors.code': 'BAD_JSON' });
    expect(dev.events.find(({ kind }) => kind === 'topics')).toMatchObject({
      topics: ['orders', 'large-orders', 'orders-rejected'],
    });
    dev.signal('SIGINT');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
    expect(dev.events.at(-1)).toMatchObject({ kind: 'ended', error: null });
    expect(dev.events.at(-1)?.summary).toMatch(/^shop: 3 records read, 1 delivered, .*1 dead letter/);
  });

  it('sends records of the terminal into topics and into nodes, and says why it cannot', async () => {
    start('--no-feed');
    await dev.event(({ kind }) => kind === 'running');
    dev.type('send orders {"id":"d","amount":30}');
    expect(await dev.record('out', '{"id":"d","amount":30}')).toMatchObject({ key: 'd' });
    dev.type('record orders {"key":"k","value":{"id":"e","amount":31},"headers":{"from":"me"},"at":5}');
    expect(await dev.record('out', '{"id":"e","amount":31}')).toMatchObject({
      key: 'k',
      timestamp: 5,
      headers: { from: 'me' },
    });
    dev.type('send large {"id":"f","amount":32}');
    await dev.record('out', '{"id":"f","amount":32}');
    expect(dev.records('orders')).not.toContain('{"id":"f","amount":32}');
    for (const [line, answer] of [
      ['send orders {"id":"g"}', /nothing was sent: .*amount/],
      ['send nobody {"id":"g"}', /no node or topic "nobody": there is orders, large, out/],
      ['throw', /there is no "throw" here: send <node\|topic>/],
    ] as const) {
      dev.type(line);
      await dev.event((event) => event.kind === 'said' && event.isError === true && answer.test(String(event.text)));
    }
    dev.type('quit');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  });

  it('goes on with the last good version while a save is wrong, and with the next one from where it was', async () => {
    start();
    await dev.record('out', '{"id":"b","amount":20}');
    await save('topology.json', JSON.stringify(topology, null, 2).replace('amount > 10.0', 'amout > 10.0'));
    const refused = await dev.event(({ kind }) => kind === 'refused');
    expect(refused.keeps).toBe(1);
    expect(String(refused.findings)).toMatch(/topology\.json:\d+:\d+ error UNKNOWN_FIELD.*Did you mean "amount"/);
    dev.type('send orders {"id":"d","amount":30}');
    await dev.record('out', '{"id":"d","amount":30}');
    await save('topology.json', JSON.stringify(topology).replace('amount > 10.0', 'amount > 1.0'));
    await dev.event((event) => event.kind === 'running' && event.version === 2);
    dev.type('send orders {"id":"e","amount":2}');
    await dev.record('out', '{"id":"e","amount":2}');
    // Positions are kept: what was read is not read again by the next version.
    expect(dev.records('orders').filter((value) => value.includes('"a"'))).toHaveLength(1);
    await save(
      'order.avsc',
      JSON.stringify({ ...order, fields: [...order.fields, { name: 'to', type: 'string', default: 'DE' }] }),
    );
    await dev.event((event) => event.kind === 'running' && event.version === 3);
    dev.type('send orders {"id":"h","amount":3}');
    await dev.record('out', '{"id":"h","amount":3,"to":"DE"}');
    dev.type('quit');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  });

  it('loads functions anew, and what they print and throw is seen', async () => {
    const score = (body: string): string =>
      `export function score(order: { amount: number }): number {\n  ${body}\n}\n`;
    await save('score.ts', score('return order.amount;'));
    const scored = {
      ...topology,
      operators: {
        large: { type: 'map', input: 'orders', set: { score: { $use: './score.ts#score', returns: 'double' } } },
      },
    };
    await save('topology.json', JSON.stringify(scored));
    start();
    await dev.record('out', '{"id":"b","amount":20,"score":20}');
    await save('score.ts', score("console.log('asked');\n  return order.amount * 2;"));
    await dev.event((event) => event.kind === 'running' && event.version === 2);
    dev.type('send orders {"id":"d","amount":30}');
    await dev.record('out', '{"id":"d","amount":30,"score":60}');
    await dev.event((event) => event.kind === 'printed' && event.text === 'asked');
    await save('score.ts', score('return order.amount * ;'));
    expect(String((await dev.event(({ kind }) => kind === 'refused')).findings)).toContain('MODULE_NOT_LOADED');
    await save('score.ts', score("throw new Error('no score');"));
    await dev.event((event) => event.kind === 'running' && event.version === 3);
    dev.type('send orders {"id":"e","amount":30}');
    const ended = await dev.event(({ kind }) => kind === 'ended');
    expect(String(ended.error)).toContain('no score');
    await save('score.ts', score('return 1;'));
    // It is read again: what failed was not committed.
    await dev.record('out', '{"id":"e","amount":30,"score":1}');
    dev.signal('SIGTERM');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  });

  it('shows only the nodes and ports that are named, and of each so many a second', async () => {
    const lines = Array.from({ length: 50 }, (_, n) => `{"id":"${n}","amount":${n}}`).join('\n');
    await save('samples/orders.ndjson', lines);
    start('--node', 'large.dropped', '--node', 'out', '--show', '4');
    const skipped = await dev.event((event) => event.kind === 'skipped' && event.node === 'out.sink');
    await dev.event((event) => event.kind === 'skipped' && event.node === 'large.dropped');
    expect(skipped.records).toBeGreaterThan(0);
    const shown = new Set(dev.events.filter(({ kind }) => kind === 'record').map(({ node }) => node));
    expect(shown).toEqual(new Set(['large', 'out']));
    dev.type('quit');
    await dev.exited;
    const counted = (node: string, name: string): number =>
      dev.events.filter((event) => event.kind === 'record' && event.node === node).length +
      dev.events
        .filter((event) => event.kind === 'skipped' && event.node === name)
        .reduce((sum, event) => sum + Number(event.records), 0);
    expect(counted('large', 'large.dropped') + counted('out', 'out.sink')).toBe(50);
  });

  it('makes records up where there are no samples, says so, and waits where the first version is wrong', async () => {
    await rm(file('samples'), { recursive: true });
    await save(
      'topology.json',
      JSON.stringify(topology).replace('"kafka","topic":"orders"', '"kafka","topi":"orders"'),
    );
    start();
    expect(await dev.event(({ kind }) => kind === 'refused')).toMatchObject({ keeps: null });
    await save('topology.json', JSON.stringify(topology));
    await dev.event((event) => event.kind === 'said' && /made up of its schema/.test(String(event.text)));
    const first = await dev.event((event) => event.kind === 'record' && event.node === 'orders');
    expect(first.value).toMatchObject({ id: first.key, amount: expect.any(Number) as number });
    dev.signal('SIGTERM');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  });

  it('ends with exit code 2 where there is no file, or no such node', async () => {
    await rm(file('topology.json'));
    expect(await start().exited).toEqual({ code: 2, signal: null });
    await save('topology.json', JSON.stringify(topology));
    expect(await start('--node', 'nobody').exited).toEqual({ code: 2, signal: null });
    expect(String(dev.events.at(-1)?.findings)).toContain('there is orders, large, out');
  });

  it('keeps topics, positions and schemas in a folder, and goes on with them', async () => {
    const main = { brokers: ['nowhere:1'], registry: { url: 'http://nowhere:1' } };
    await save('topology.json', JSON.stringify({ ...topology, clusters: { main } }));
    start('--data-dir', 'kept');
    await dev.record('out', '{"id":"b","amount":20}');
    dev.signal('SIGTERM');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
    start('--data-dir', 'kept');
    await dev.event(({ kind }) => kind === 'running');
    dev.type('send orders {"id":"d","amount":30}');
    await dev.record('out', '{"id":"d","amount":30}');
    // Nothing is fed or read again.
    expect(dev.records('orders')).toEqual(['{"id":"d","amount":30}']);
    dev.type('quit');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
  });

  it('runs topologies over files until it is ended, and leaves their folder as it is', async () => {
    const files = {
      headrace: 1,
      name: 'files',
      sources: { lines: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: './order.avsc' } } },
      sinks: {
        kept: { type: 'file', input: 'lines', path: './out.ndjson', value: 'json' },
        shown: { type: 'stdout', input: 'lines', value: 'json' },
      },
    };
    await save('topology.json', JSON.stringify(files));
    await save('in.ndjson', '{"id":"a","amount":1}\n');
    await save('out.ndjson', 'of a run\n');
    start();
    await dev.record('shown', '{"id":"a","amount":1}');
    await dev.record('kept', '{"id":"a","amount":1}');
    expect((await dev.event(({ kind }) => kind === 'ended')).summary).toContain('1 record read');
    await dev.event((event) => event.kind === 'said' && String(event.text).startsWith('waiting for a change'));
    dev.type('send lines {"id":"b","amount":2}');
    await dev.record('kept', '{"id":"b","amount":2}');
    dev.signal('SIGTERM');
    expect(await dev.exited).toEqual({ code: 0, signal: null });
    expect(await readFile(file('out.ndjson'), 'utf8')).toBe('of a run\n');
  });
});
