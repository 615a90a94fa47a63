import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@headrace/core';
import { metadataApi } from '@headrace/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SaslOptions } from '../../../packages/kafka/src/network/sasl/sasl-options.ts';
import { SocketConnections } from '../../../packages/kafka/src/network/socket-connections.ts';
import type { TlsOptions, TlsSource } from '../../../packages/kafka/src/network/tls-options.ts';
import { tlsFromFiles } from '../../../packages/kafka/src/tls-from-files.ts';
import { startHeadrace } from '../headrace-process.ts';
import { describeKafka } from '../require-kafka.ts';
import { makeAuthority, type Authority, type Certificate } from './certificates.ts';
import { login, startSecuredBroker, type ListenerName, type SecuredBroker } from './secured-broker.ts';

/** A token that a broker without an authority of its own takes: signed by nobody. */
const tokenOf = (subject: string, seconds: number): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Date.now() / 1000;
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + seconds })}.`;
};

describeKafka('Security on real listeners', () => {
  let folder: string;
  let secured: SecuredBroker;
  let authority: Authority;
  let stranger: Authority;
  let client: Certificate;
  let impostor: Certificate;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-security-'));
    authority = await makeAuthority(folder, 'authority');
    stranger = await makeAuthority(folder, 'stranger');
    client = await authority.sign('client');
    impostor = await stranger.sign('impostor');
    secured = await startSecuredBroker(folder, authority);
  }, 240_000);

  afterAll(async () => {
    await secured?.broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  interface Access {
    readonly host?: string;
    readonly tls?: TlsSource | null;
    readonly sasl?: SaslOptions | null;
  }

  const connect = (listener: ListenerName, { host = '127.0.0.1', tls = null, sasl = null }: Access) =>
    new SocketConnections({
      brokers: [`${host}:${secured.ports[listener]}`],
      clientId: 'test',
      tls,
      sasl,
      clock: systemClock,
      connectTimeoutMs: 60_000,
      maxFrameBytes: 1 << 20,
    });

  /** Asks for the brokers, which needs to be let in. */
  const enter = async (listener: ListenerName, access: Access): Promise<number> => {
    const connections = connect(listener, access);
    try {
      return await askForBrokers(connections);
    } finally {
      await connections.close();
    }
  };
  const askForBrokers = async (connections: SocketConnections): Promise<number> => {
    const body = { topics: [], allowAutoTopicCreation: false };
    const answer = await connections.send('any', 'metadata', metadataApi, 12, body, { timeoutMs: 60_000 });
    return answer?.brokers.length ?? 0;
  };
  const scram = (change: object = {}): SaslOptions => ({ mechanism: 'scram-sha-512', ...login, ...change });
  const tls = (change: object = {}): TlsOptions => ({ ca: authority.ca, ...change });

  it.each<[string, ListenerName, () => Access]>([
    ['TLS by address', 'tls', () => ({ tls: tls() })],
    ['TLS by name', 'tls', () => ({ tls: tls(), host: 'localhost' })],
    ['TLS under another name', 'elsewhere', () => ({ tls: tls({ servername: 'kafka.example' }) })],
    ['mutual TLS', 'mutual', () => ({ tls: tls({ ...client }) })],
    ['SCRAM-SHA-256', 'login', () => ({ sasl: scram({ mechanism: 'scram-sha-256' }) })],
    ['SCRAM-SHA-512', 'login', () => ({ sasl: scram() })],
    ['SCRAM-SHA-512 over TLS', 'both', () => ({ tls: tls(), sasl: scram() })],
    ['PLAIN over TLS', 'both', () => ({ tls: tls(), sasl: { mechanism: 'plain', ...login } })],
    ['PLAIN where it is forced', 'login', () => ({ sasl: { mechanism: 'plain', ...login, allowPlaintext: true } })],
    [
      'OAUTHBEARER',
      'both',
      () => ({
        tls: tls(),
        sasl: { mechanism: 'oauthbearer', token: () => Promise.resolve({ value: tokenOf('etl', 600) }) },
      }),
    ],
  ])('lets in by %s', async (_, listener, access) => {
    expect(await enter(listener, access())).toBe(1);
  });

  it.each<[string, ListenerName, () => Access, string, RegExp]>([
    ['an authority that is not trusted', 'tls', () => ({ tls: {} }), 'KAFKA_TLS_FAILED', /authority.*"tls.ca"/],
    ['another authority', 'tls', () => ({ tls: { ca: stranger.ca } }), 'KAFKA_TLS_FAILED', /authority/],
    ['a certificate of another host', 'elsewhere', () => ({ tls: tls() }), 'KAFKA_TLS_FAILED', /another host/],
    ['an expired certificate', 'expired', () => ({ tls: tls() }), 'KAFKA_TLS_FAILED', /expired/],
    ['no certificate of ours', 'mutual', () => ({ tls: tls() }), 'KAFKA_TLS_FAILED', /"tls.cert"/],
    ['a certificate of a stranger', 'mutual', () => ({ tls: tls(impostor) }), 'KAFKA_TLS_FAILED', /"tls.cert"/],
    ['TLS where there is none', 'login', () => ({ tls: tls(), sasl: scram() }), 'KAFKA_UNAVAILABLE', /without TLS/],
    ['no TLS where there is', 'tls', () => ({}), 'KAFKA_NOT_KAFKA', /"tls": \{\}/],
    ['no login', 'login', () => ({}), 'KAFKA_UNAVAILABLE', /login \("sasl"\)/],
    ['a login where there is none', 'tls', () => ({ tls: tls(), sasl: scram() }), 'KAFKA_LOGIN_REFUSED', /no login/],
    ['a wrong password', 'login', () => ({ sasl: scram({ password: 'x' }) }), 'KAFKA_LOGIN_REFUSED', /refused/],
    ['an unknown user', 'both', () => ({ tls: tls(), sasl: scram({ username: 'x' }) }), 'KAFKA_LOGIN_REFUSED', /refus/],
    [
      'a wrong password by PLAIN',
      'both',
      () => ({ tls: tls(), sasl: { mechanism: 'plain', username: 'etl', password: 'x' } }),
      'KAFKA_LOGIN_REFUSED',
      /refused the login/,
    ],
    [
      'an expired token',
      'both',
      () => ({
        tls: tls(),
        sasl: { mechanism: 'oauthbearer', token: () => Promise.resolve({ value: tokenOf('etl', -60) }) },
      }),
      'KAFKA_LOGIN_REFUSED',
      /refused the login/,
    ],
    [
      'PLAIN without TLS',
      'login',
      () => ({ sasl: { mechanism: 'plain', ...login } }),
      'KAFKA_PASSWORD_UNPROTECTED',
      /"allowPlaintext": true/,
    ],
  ])('keeps out, and says why: %s', async (_, listener, access, code, message) => {
    const error = await enter(listener, access()).then(
      () => expect.unreachable('it was let in'),
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(login.password);
  });

  it('logs in again before the session ends, on the same connection', async () => {
    let asked = 0;
    const token = () => Promise.resolve({ value: tokenOf('etl', 600), asked: (asked += 1) });
    const connections = connect('login', { sasl: { mechanism: 'oauthbearer', token } });
    try {
      await askForBrokers(connections);
      const versions = await connections.versions('any', 'metadata');
      // Sessions last three seconds; each login asks for a token.
      while (asked < 3) {
        expect(await askForBrokers(connections)).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(await connections.versions('any', 'metadata')).toBe(versions);
    } finally {
      await connections.close();
    }
  });

  it('shows the next connection the certificate that the files hold by then', async () => {
    const [cert, key] = [path.join(folder, 'own.crt'), path.join(folder, 'own.key')];
    const use = async (certificate: Certificate): Promise<void> => {
      await writeFile(cert, certificate.cert);
      await writeFile(key, certificate.key);
    };
    await use(client);
    await writeFile(path.join(folder, 'authority.pem'), authority.ca);
    const connections = connect('mutual', {
      tls: await tlsFromFiles({ ca: 'authority.pem', cert: 'own.crt', key: 'own.key' }, folder),
    });
    const ask = (role: 'metadata' | 'fetch') =>
      connections
        .send('any', role, metadataApi, 12, { topics: [] }, { timeoutMs: 60_000 })
        .then((answer) => answer?.brokers.length);
    try {
      await ask('metadata');
      await use(impostor);
      await expect(ask('fetch')).rejects.toMatchObject({ code: 'KAFKA_TLS_FAILED' });
      // Who was let in stays in.
      expect(await ask('metadata')).toBe(1);
      await use(await authority.sign('successor'));
      expect(await ask('fetch')).toBe(1);
    } finally {
      await connections.close();
    }
  });

  it('lets a topology in by a token from a file', async () => {
    const topology = {
      headrace: 1,
      name: 'tokens',
      clusters: {
        main: {
          brokers: [`localhost:${secured.ports.both}`],
          tls: { ca: './trusted.pem' },
          sasl: { mechanism: 'oauthbearer', oauth: { tokenFile: './token' } },
        },
      },
      sources: {
        ticks: { type: 'generate', count: 3, select: { n: 'index' } },
      },
      sinks: { out: { type: 'kafka', input: 'ticks', topic: 'ticks', value: 'json', create: {} } },
    };
    await writeFile(path.join(folder, 'tokens.json'), JSON.stringify(topology));
    await writeFile(path.join(folder, 'trusted.pem'), authority.ca);
    await writeFile(path.join(folder, 'token'), `${tokenOf('etl', 600)}\n`);
    for (const args of [
      ['apply', 'tokens.json'],
      ['run', 'tokens.json', '--metrics-address', 'off'],
    ]) {
      const command = startHeadrace(args, { cwd: folder });
      expect((await command.exited).code, command.stderr).toBe(0);
    }
    await writeFile(path.join(folder, 'token'), tokenOf('etl', -60));
    const late = startHeadrace(['apply', 'tokens.json'], { cwd: folder });
    expect((await late.exited).code).not.toBe(0);
    expect(late.stderr).toContain('KAFKA_LOGIN_REFUSED');
  });
});
