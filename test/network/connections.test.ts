import { createServer, type AddressInfo, type Server } from 'node:net';
import { systemClock, type Clock } from '@headrace/core';
import { endTxnApi, heartbeatApi, metadataApi, type ConnectionRole } from '@headrace/protocol';
import { VirtualClock } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  SocketConnections,
  type SocketConnectionsOptions,
} from '../../packages/kafka/src/network/socket-connections.ts';
import { ScriptedBroker, type ScriptedRequest } from './scripted-broker.ts';

const brokers: ScriptedBroker[] = [];
const clients: SocketConnections[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function scripted(script: (request: ScriptedRequest) => void): Promise<ScriptedBroker> {
  const broker = await ScriptedBroker.start(script);
  brokers.push(broker);
  return broker;
}

function connect(addresses: readonly string[], options: Partial<SocketConnectionsOptions> = {}): SocketConnections {
  const client = new SocketConnections({
    brokers: addresses,
    clientId: 'test',
    tls: null,
    sasl: null,
    clock: systemClock,
    connectTimeoutMs: 20_000,
    maxFrameBytes: 1 << 20,
    ...options,
  });
  clients.push(client);
  return client;
}

const beat = { groupId: 'g', generationId: 1, memberId: 'm' };
const send = (client: SocketConnections, signal?: AbortSignal, timeoutMs = 60_000) =>
  client.send('any', 'group', heartbeatApi, 4, beat, { timeoutMs, ...(signal && { signal }) });
const code = (name: string) => expect.objectContaining({ code: name }) as Error;

/** A server that is no broker: it says these bytes when it is spoken to, or nothing and closes. */
async function saying(bytes: string | null): Promise<string> {
  const server = createServer((socket) =>
    socket.on('error', () => {}).once('data', () => (bytes === null ? socket.end() : socket.write(bytes))),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('connections to brokers', () => {
  it('are one for each broker and role, however many ask at once', async () => {
    const broker = await scripted(({ answer }) => answer({ errorCode: 27 }));
    const client = connect([broker.address]);
    client.learn([{ nodeId: 7, host: '127.0.0.1', port: broker.port }]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(client)));
    expect(answers).toHaveLength(20);
    expect(answers.every((answer) => answer?.errorCode === 27)).toBe(true);
    expect(broker.connections).toBe(1);
    await client.send(7, 'group', heartbeatApi, 4, beat, { timeoutMs: 60_000 });
    await client.send(7, 'fetch', heartbeatApi, 4, beat, { timeoutMs: 60_000 });
    expect(broker.connections).toBe(3);
  });

  it('know what the broker speaks', async () => {
    const broker = await scripted(() => {});
    const versions = await connect([broker.address]).versions('any', 'metadata');
    expect(versions.versionOf(metadataApi)).toBe(metadataApi.versions[1]);
    expect(versions.versionOf(endTxnApi)).toBe(endTxnApi.versions[1]);
    expect(versions.featureOf('transaction.version')).toBe(2);
    expect(versions.featureOf('group.version')).toBe(0);
  });

  it('end with a request that takes too long, which tells all others on them, and are made again', async () => {
    const clock = new VirtualClock();
    let silent = true;
    const broker = await scripted(({ answer }) => silent || answer({}));
    const client = connect([broker.address], { clock });
    await client.versions('any', 'group');
    const patient = send(client, undefined, 60_000);
    const waiting = send(client, undefined, 1000);
    void Promise.allSettled([patient, waiting]);
    await expect.poll(() => broker.requests.length, { timeout: 20_000 }).toBe(2);
    clock.advance(1001);
    await expect(waiting).rejects.toThrow('did not answer Heartbeat within 1000 ms');
    await expect(patient).rejects.toThrow(code('KAFKA_UNAVAILABLE'));
    silent = false;
    const again = send(client);
    await expect.poll(() => (clock.advance(100), broker.connections), { timeout: 20_000 }).toBe(2);
    expect(await again).toMatchObject({ errorCode: 0 });
  });

  it('end together where the broker falls silent on one, but for those on which it was heard since', async () => {
    const clock = new VirtualClock();
    const heard: string[] = [];
    const broker = await scripted(({ answer, body }) => {
      heard.push(String(body['memberId']));
      if (body['memberId'] === 'answered') answer({});
    });
    const client = connect([broker.address], { clock });
    const ask = (role: ConnectionRole, memberId: string, timeoutMs: number) => {
      const answer = client.send('any', role, heartbeatApi, 4, { ...beat, memberId }, { timeoutMs });
      void answer.catch(() => {});
      return answer;
    };
    await Promise.all((['join', 'group', 'metadata', 'fetch'] as const).map((role) => client.versions('any', role)));
    clock.advance(1);
    const join = ask('join', 'waits', 90_000);
    const beating = ask('group', 'is lost', 3000);
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(2);
    clock.advance(10);
    await ask('fetch', 'answered', 30_000);
    const fetching = ask('fetch', 'waits too', 30_000);
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(4);
    clock.advance(2990);
    await expect(beating).rejects.toThrow('did not answer Heartbeat within 3000 ms');
    await expect(join).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
    // The one of which nothing was asked is as lost as the others, and made again.
    const made = broker.connections;
    const again = ask('metadata', 'answered', 30_000);
    await expect.poll(() => (clock.advance(100), broker.connections), { timeout: 20_000 }).toBe(made + 1);
    expect(await again).toMatchObject({ errorCode: 0 });
    // That which was heard since waits on.
    const outcome = await Promise.race([
      fetching.then(
        () => 'ended',
        () => 'ended',
      ),
      clock.turn().then(() => 'waits'),
    ]);
    expect(outcome).toBe('waits');
  });

  it('let a caller give up, and go on', async () => {
    const held: ScriptedRequest[] = [];
    const broker = await scripted((request) => held.push(request));
    const client = connect([broker.address]);
    const controller = new AbortController();
    const given = send(client, controller.signal);
    const kept = send(client);
    void given.catch(() => {});
    await expect.poll(() => held.length, { timeout: 20_000 }).toBe(2);
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    held[0]?.answer({ errorCode: 1 });
    held[1]?.answer({ errorCode: 2 });
    expect(await kept).toMatchObject({ errorCode: 2 });
    await expect(send(client, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(broker.connections).toBe(1);
  });

  it('end with what a broker holds for long when it is given up, and are made again at once', async () => {
    const clock = new VirtualClock();
    let holds = true;
    const broker = await scripted(({ answer }) => holds || answer({}));
    const client = connect([broker.address], { clock });
    const giveUp = new AbortController();
    const options = { timeoutMs: 60_000, signal: giveUp.signal, endsConnection: true };
    const join = client.send('any', 'join', heartbeatApi, 4, beat, options);
    void join.catch(() => {});
    await expect.poll(() => broker.requests.length, { timeout: 20_000 }).toBe(1);
    giveUp.abort(new Error('not wanted any more'));
    await expect(join).rejects.toThrow('not wanted any more');
    holds = false;
    // No time passes: the address is not taken for one that fails.
    expect(await client.send('any', 'join', heartbeatApi, 4, beat, { timeoutMs: 60_000 })).toMatchObject({
      errorCode: 0,
    });
    expect(broker.connections).toBe(2);
  });

  it('tell all that wait when the broker goes, and reach it again', async () => {
    let answering = false;
    const broker = await scripted(({ answer }) => answering && answer({}));
    const client = connect([broker.address]);
    const waiting = Array.from({ length: 5 }, () => send(client));
    void Promise.allSettled(waiting);
    await expect.poll(() => broker.requests.length, { timeout: 20_000 }).toBe(5);
    broker.cut();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
    answering = true;
    expect(await send(client)).toMatchObject({ errorCode: 0 });
  });

  it('find a broker that lives among those that do not', async () => {
    const broker = await scripted(({ answer }) => answer({}));
    const dead = await scripted(() => {});
    await dead.stop();
    brokers.splice(brokers.indexOf(dead), 1);
    for (let round = 0; round < 5; round++)
      expect(await send(connect([dead.address, broker.address, dead.address]))).toMatchObject({ errorCode: 0 });
    await expect(send(connect([dead.address, 'localhost:1']))).rejects.toThrow(/None of the brokers.*nothing listens/);
  });

  it('do not hammer an address that fails', async () => {
    const clock = new VirtualClock();
    const dead = await scripted(() => {});
    await dead.stop();
    brokers.splice(brokers.indexOf(dead), 1);
    const client = connect([dead.address], { clock });
    await expect(send(client)).rejects.toThrow(code('KAFKA_UNAVAILABLE'));
    const second = send(client);
    void second.catch(() => {});
    expect(clock.nextDue).toBeGreaterThanOrEqual(40);
    clock.advance(100);
    await expect(second).rejects.toThrow(code('KAFKA_UNAVAILABLE'));
  });

  it('stay silent for as long as the broker says, and keep the order', async () => {
    const clock = new VirtualClock();
    const broker = await scripted(({ answer, body }) =>
      answer({ errorCode: body['generationId'], throttleTimeMs: body['generationId'] === 1 ? 500 : 0 }),
    );
    const client = connect([broker.address], { clock });
    const beatOf = (generationId: number) =>
      client.send('any', 'group', heartbeatApi, 4, { ...beat, generationId }, { timeoutMs: 60_000 });
    await beatOf(1);
    const done: (number | undefined)[] = [];
    const later = [2, 3, 4].map((n) => beatOf(n).then((answer) => done.push(answer?.errorCode)));
    await clock.turn();
    expect(broker.requests).toHaveLength(1);
    clock.advance(500);
    await Promise.all(later);
    expect(done).toEqual([2, 3, 4]);
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'KAFKA_NOT_KAFKA'],
    ['an alert of TLS', '\x15\x03\x03\x00\x02\x02\x46', 'KAFKA_NOT_KAFKA'],
    ['a frame of nothing known', '\0\0\0\x08\0\0\0\0\0\0\0\0', 'KAFKA_ANSWER_UNREADABLE'],
    ['the answer to another request', '\0\0\0\x06\0\0\0\x63\0\0', 'KAFKA_ANSWER_UNREADABLE'],
    ['nothing', null, 'KAFKA_UNAVAILABLE'],
  ])('are refused by a server that answers %s', async (_, bytes, expected) => {
    await expect(send(connect([await saying(bytes)]))).rejects.toThrow(code(expected));
  });

  it('say what a listener may want that closes at once', async () => {
    await expect(send(connect([await saying(null)]))).rejects.toThrow(/TLS \("tls"\) or a login \("sasl"\)/);
  });

  it('end an answer that cannot be read, and nothing else', async () => {
    const broker = await scripted(({ socket, correlationId }) => {
      const frame = Buffer.alloc(9);
      frame.writeInt32BE(5);
      frame.writeInt32BE(correlationId, 4);
      socket.write(frame);
    });
    await expect(send(connect([broker.address]))).rejects.toThrow(
      /The answer to Heartbeat \(version 4\).*cannot be read/,
    );
  });

  it('reject all that waits when they are closed, also while an address is not tried', async () => {
    const broker = await scripted(() => {});
    const client = connect([broker.address]);
    const waiting = send(client);
    void waiting.catch(() => {});
    await expect.poll(() => broker.requests.length, { timeout: 20_000 }).toBe(1);
    await client.close();
    await expect(waiting).rejects.toThrow(code('LOG_CLOSED'));
    await expect(send(client)).rejects.toThrow(code('LOG_CLOSED'));

    const still: Clock = new VirtualClock();
    const other = connect(['localhost:1'], { clock: still });
    await expect(send(other)).rejects.toThrow(code('KAFKA_UNAVAILABLE'));
    const paused = send(other);
    void paused.catch(() => {});
    await other.close();
    await expect(paused).rejects.toThrow(code('LOG_CLOSED'));
  });
});
