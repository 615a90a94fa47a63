import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '@headrace/core';
import { alterUserScramCredentialsApi } from '@headrace/protocol';
import { SocketConnections } from '../../../packages/kafka/src/network/socket-connections.ts';
import { freePort } from '../broker/free-port.ts';
import { startKafka, type KafkaBroker } from '../broker/kafka-broker.ts';
import type { ExtraListener } from '../broker/properties.ts';
import type { Authority } from './certificates.ts';

/** A listener of the secured broker. */
export type ListenerName = 'tls' | 'mutual' | 'expired' | 'elsewhere' | 'login' | 'both';

/** A broker with a listener for each kind of security, and where each listens. */
export interface SecuredBroker {
  readonly broker: KafkaBroker;
  readonly ports: Readonly<Record<ListenerName, number>>;
}

/** Who may log in. */
export const login = { username: 'etl', password: 'a, pass=word' };

const protocols: Readonly<Record<ListenerName, ExtraListener['protocol']>> = {
  tls: 'SSL',
  mutual: 'SSL',
  expired: 'SSL',
  elsewhere: 'SSL',
  login: 'SASL_PLAINTEXT',
  both: 'SASL_SSL',
};

const mechanisms = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER';

/** Starts a broker whose certificates the authority signed; sessions of logins on `login` last three seconds. */
export async function startSecuredBroker(folder: string, authority: Authority): Promise<SecuredBroker> {
  const names = Object.keys(protocols) as ListenerName[];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const right = await store(folder, authority, 'right', { hosts: 'IP:127.0.0.1,DNS:localhost' });
  const expired = await store(folder, authority, 'expired', { hosts: 'IP:127.0.0.1', days: -1 });
  const elsewhere = await store(folder, authority, 'elsewhere', { hosts: 'DNS:kafka.example' });
  const trust = path.join(folder, 'trust.pem');
  await writeFile(trust, authority.ca);
  const properties: Record<string, string> = {
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': trust,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': right,
    'sasl.enabled.mechanisms': mechanisms,
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.expired.ssl.keystore.location': expired,
    'listener.name.elsewhere.ssl.keystore.location': elsewhere,
    'listener.name.login.connections.max.reauth.ms': '3000',
    ...Object.assign({}, ...(['login', 'both'] as const).map(loginProperties)),
  };
  const listeners = names.map((name) => ({
    name: name.toUpperCase(),
    port: ports[name] as number,
    protocol: protocols[name],
  }));
  const broker = await startKafka({ listeners, properties });
  await addUser(broker.bootstrap);
  return { broker, ports: ports as Readonly<Record<ListenerName, number>> };
}

async function store(
  folder: string,
  authority: Authority,
  name: string,
  options: { readonly hosts: string; readonly days?: number },
): Promise<string> {
  const { cert, key } = await authority.sign(name, options);
  const file = path.join(folder, `${name}.store.pem`);
  await writeFile(file, `${key}${cert}${authority.ca}`);
  return file;
}

function loginProperties(listener: string): Record<string, string> {
  const { username, password } = login;
  const module = (name: string, options = ''): string => `org.apache.kafka.common.security.${name} required${options};`;
  return {
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: mechanisms,
    [`listener.name.${listener}.plain.sasl.jaas.config`]: module(
      'plain.PlainLoginModule',
      ` user_${username}="${password}"`,
    ),
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: module('scram.ScramLoginModule'),
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: module('scram.ScramLoginModule'),
    [`listener.name.${listener}.oauthbearer.sasl.jaas.config`]: module(
      'oauthbearer.OAuthBearerLoginModule',
      ' unsecuredLoginStringClaim_sub="broker"',
    ),
  };
}

/** Registers the user for both kinds of SCRAM, over the listener without security. */
async function addUser(bootstrap: string): Promise<void> {
  const connections = new SocketConnections({
    brokers: [bootstrap],
    clientId: 'set-up',
    tls: null,
    sasl: null,
    clock: systemClock,
    connectTimeoutMs: 20_000,
    maxFrameBytes: 1 << 20,
  });
  try {
    for (const mechanism of [1, 2] as const) {
      const salt = randomBytes(16);
      const [hash, length] = mechanism === 1 ? (['sha256', 32] as const) : (['sha512', 64] as const);
      const saltedPassword = pbkdf2Sync(login.password, salt, 8192, length, hash);
      const upsertions = [{ name: login.username, mechanism, iterations: 8192, salt, saltedPassword }];
      const body = { deletions: [], upsertions };
      const answer = await connections.send('any', 'metadata', alterUserScramCredentialsApi, 0, body, {
        timeoutMs: 20_000,
      });
      const refused = answer?.results.find(({ errorCode }) => errorCode !== 0);
      if (refused !== undefined) throw new Error(`the user was not added: ${refused.errorMessage}`);
    }
  } finally {
    await connections.close();
  }
}
