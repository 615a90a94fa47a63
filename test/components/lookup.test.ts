import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drive, sink, values } from './drive.ts';
import { asked, held } from './functions.ts';

const use = { type: 'lookup', input: 'in', $use: './functions.ts#locate', as: 'place', returns: 'string' };
const send = (...ids: string[]) => ids.map((id) => ({ value: { id, amount: 1 } }));
const places = (found: readonly unknown[]) => found.map((value) => (value as { place: string }).place);

beforeEach(() => {
  asked.length = 0;
  held.length = 0;
});

describe('a lookup by a function', () => {
  it('adds the answers, many under way at once, in the order of the records', async () => {
    const driver = await drive({ operators: { located: { ...use, concurrency: 3 } }, sinks: { out: sink('located') } });
    await driver.send('in', send('held1', 'b', 'held2', 'd', 'e'));
    await driver.settle();
    expect(values(driver, 'out')).toEqual([]);
    expect(asked).toEqual(['held1', 'b', 'held2', 'd', 'e']);
    held[1]?.();
    await driver.settle();
    expect(values(driver, 'out')).toEqual([]);
    held[0]?.();
    await driver.settle();
    expect(places(values(driver, 'out'))).toEqual(['at held1', 'at b', 'at held2', 'at d', 'at e']);
    await driver.stop();
  });

  it('bounds what is under way, over many batches', async () => {
    const driver = await drive({ operators: { located: { ...use, concurrency: 2 } }, sinks: { out: sink('located') } });
    for (const id of ['held1', 'held2', 'held3']) {
      await driver.send('in', send(id));
      await driver.settle();
    }
    expect(asked).toEqual(['held1', 'held2']);
    held[1]?.();
    await driver.settle();
    expect(asked).toEqual(['held1', 'held2', 'held3']);
    held[0]?.();
    held[2]?.();
    await driver.settle();
    expect(places(values(driver, 'out'))).toEqual(['at held1', 'at held2', 'at held3']);
    await driver.stop();
  });

  it('lets batches overtake where order is given up', async () => {
    const driver = await drive({ operators: { located: { ...use, ordered: false } }, sinks: { out: sink('located') } });
    for (const id of ['held1', 'b']) {
      await driver.send('in', send(id));
      await driver.settle();
    }
    expect(places(values(driver, 'out'))).toEqual(['at b']);
    held[0]?.();
    await driver.settle();
    expect(places(values(driver, 'out'))).toEqual(['at held1']);
    await driver.stop();
  });

  it('asks again with pauses, and then sends the record to its error port with the number of attempts', async () => {
    const driver = await drive({
      operators: {
        located: { ...use, retry: { attempts: 2, delay: '1s', maxDelay: '1s' } },
        why: {
          type: 'map',
          input: 'located.error',
          select: { id: 'id', code: 'error.code', attempts: 'error.attempts' },
        },
      },
      sinks: { out: sink('located'), failed: sink('why') },
    });
    await driver.send('in', send('fail', 'once', 'c', 'wrong'));
    await driver.settle();
    expect(values(driver, 'out')).toEqual([]);
    await driver.advance('3s');
    expect(places(values(driver, 'out'))).toEqual(['at once', 'at c']);
    // An answer of the wrong type is not asked for again.
    expect(values(driver, 'failed')).toEqual([
      { id: 'fail', code: 'LOOKUP_FAILED', attempts: 3 },
      { id: 'wrong', code: 'LOOKUP_FAILED', attempts: 1 },
    ]);
    await driver.stop();
  });

  it('gives up an attempt in its time, and takes the fallback', async () => {
    const driver = await drive({
      operators: { located: { ...use, timeout: '2s', retry: { attempts: 0 }, fallback: "'nowhere for ' + id" } },
      sinks: { out: sink('located') },
    });
    await driver.send('in', send('never', 'b'));
    await driver.advance('1s');
    expect(values(driver, 'out')).toEqual([]);
    await driver.advance('1s');
    expect(places(values(driver, 'out'))).toEqual(['nowhere for never', 'at b']);
    expect(driver.counters()['located']).toMatchObject({ in: 2, fallback: 1, out: 2 });
    await driver.stop();
  });

  it('makes the field nullable where the fallback is null', async () => {
    const driver = await drive({
      operators: { located: { ...use, retry: { attempts: 0 }, fallback: 'null' } },
      sinks: { out: sink('located') },
    });
    await driver.send('in', send('fail'));
    await driver.settle();
    expect(values(driver, 'out')).toEqual([{ id: 'fail', amount: 1, place: null }]);
    await driver.stop();
  });

  it('keeps answers for a while, and lets those who ask the same share one', async () => {
    const driver = await drive({
      operators: { located: { ...use, cache: { ttl: '10s', max: 2, by: 'id' } } },
      sinks: { out: sink('located') },
    });
    await driver.send('in', send('a', 'a', 'b', 'a'));
    await driver.settle();
    await driver.send('in', send('a', 'b'));
    await driver.settle();
    expect(asked).toEqual(['a', 'b']);
    await driver.send('in', send('c'));
    await driver.settle();
    await driver.send('in', send('b', 'a'));
    await driver.settle();
    // Only two are kept: the one that was used longest ago went.
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
    await driver.advance('11s');
    await driver.send('in', send('a'));
    await driver.settle();
    expect(asked).toEqual(['a', 'b', 'c', 'a', 'a']);
    expect(values(driver, 'out')).toHaveLength(10);
    await driver.stop();
  });

  it('discards what answers after a rewind, and asks anew', async () => {
    const driver = await drive({ operators: { located: use }, sinks: { out: sink('located') } });
    await driver.send('in', send('held1', 'b'));
    await driver.settle();
    await driver.rewind();
    await driver.settle();
    expect(asked).toEqual(['held1', 'b', 'held1', 'b']);
    held[0]?.();
    await driver.settle();
    expect(values(driver, 'out')).toEqual([]);
    held[1]?.();
    await driver.settle();
    expect(places(values(driver, 'out'))).toEqual(['at held1', 'at b']);
    await driver.advance('2s');
    expect(driver.committed()).toEqual({ 'in/0': 2 });
    await driver.stop();
  });
});

describe('a lookup by HTTP', () => {
  let server: Server;
  let respond: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  let requests: string[];
  let url: string;

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString();
        requests.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        respond(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const geo = {
    type: 'record',
    name: 'Geo',
    fields: [
      { name: 'city', type: 'string' },
      { name: 'n', type: 'long' },
    ],
  };
  const lookup = (http: object, more: object = {}) =>
    drive({
      operators: { located: { type: 'lookup', input: 'in', http, as: 'geo', returns: geo, ...more } },
      sinks: { out: sink('located'), failed: sink('located.error') },
    });

  it('asks with what expressions make, and reads answers exactly', async () => {
    respond = (request, response) =>
      response.end(`{"city": ${JSON.stringify(request.headers['x-id'])}, "n": 9007199254740993}`);
    const driver = await lookup({
      url: `'${url}/geo/' + id`,
      query: { amount: 'amount', none: 'null' },
      headers: { 'X-Id': 'id' },
    });
    await driver.send('in', send('a b'));
    await driver.settle();
    const [found] = values(driver, 'out') as { geo: { city: string; n: bigint } }[];
    expect(found?.geo).toEqual({ city: 'a b', n: 9_007_199_254_740_993n });
    expect(requests).toEqual(['GET /geo/a%20b?amount=1 ']);
    await driver.stop();
  });

  it('sends JSON, asks again where that may help, and fails where it cannot', async () => {
    let answers = 0;
    respond = (_request, response, body) => {
      const { id } = JSON.parse(body) as { id: string };
      if (id === 'gone') response.writeHead(404).end();
      else if (id === 'odd') response.end('{"city": 1}');
      else if (answers++ === 0) response.writeHead(503, { 'Retry-After': '0' }).end();
      else response.end('{"city": "x", "n": 1}');
    };
    const driver = await lookup({ url: `'${url}/geo'`, body: '{"id": id}' }, { retry: { attempts: 1, delay: '1ms' } });
    await driver.send('in', send('busy', 'gone', 'odd'));
    await driver.settle();
    await driver.advance('1s');
    await driver.settle();
    expect(values(driver, 'out')).toMatchObject([{ id: 'busy', geo: { city: 'x', n: 1 } }]);
    expect(values(driver, 'failed')).toMatchObject([{ id: 'gone' }, { id: 'odd' }]);
    expect(requests.filter((request) => request.includes('busy'))).toHaveLength(2);
    expect(requests.filter((request) => request.includes('gone'))).toHaveLength(1);
    await driver.stop();
  });

  it('refuses what is no address of HTTP', async () => {
    respond = (_request, response) => response.end();
    const driver = await lookup({ url: "'file:///' + id" }, { retry: { attempts: 0 } });
    await driver.send('in', send('etc'));
    await driver.settle();
    expect(values(driver, 'failed')).toMatchObject([{ id: 'etc' }]);
    await driver.stop();
  });
});
