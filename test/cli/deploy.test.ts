import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWarmCommand, type WarmCommand } from '../command/warm-command.ts';

const files = {
  headrace: 1,
  name: 'lines',
  sources: { lines: { type: 'file', path: './in.ndjson', value: 'json' } },
  sinks: { out: { type: 'file', input: 'lines', path: './out.ndjson' } },
};
const secret = 'correct horse battery staple';
const kafka = {
  headrace: 1,
  name: 'shop',
  parameters: { password: { type: 'secret', env: 'PASSWORD' } },
  clusters: {
    main: {
      brokers: ['127.0.0.1:1'],
      tls: {},
      sasl: { mechanism: 'scram-sha-512', username: 'etl', password: { $param: 'password' } },
    },
  },
  sources: { orders: { type: 'kafka', topic: 'orders', value: 'json' } },
  sinks: {
    out: { type: 'kafka', input: 'orders', topic: 'out', create: { partitions: 3, config: { 'retention.ms': 1000 } } },
  },
};

describe('the verbs about a cluster and about positions, without a cluster', () => {
  let folder: string;
  let command: WarmCommand;
  const headrace = (...args: string[]) => command.run(folder, ...args);
  const run = () => headrace('run', 'topology.json', '--metrics-address', 'off', '--log-level', 'silent');
  const lines = (): Promise<string[]> => readdir(folder);

  beforeAll(async () => {
    command = await startWarmCommand();
  }, 60_000);
  afterAll(() => command?.close());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-deploy-'));
    await writeFile(path.join(folder, 'topology.json'), JSON.stringify(files));
    await writeFile(path.join(folder, 'kafka.json'), JSON.stringify(kafka));
    await writeFile(path.join(folder, 'in.ndjson'), '{"n":1}\n{"n":2}\n');
    return () => rm(folder, { recursive: true, force: true });
  });

  it('moves the positions of files so that they begin anew, and only when told', async () => {
    expect((await run()).code).toBe(0);
    const reset = (...args: string[]) => headrace('reset', 'topology.json', ...args);
    const outline = 'source "lines": begins anew; 1 position is forgotten\n';
    expect(await reset('--to', 'earliest', '--dry-run')).toEqual({
      code: 0,
      stdout: `${outline}Nothing was moved.\n`,
      stderr: '',
    });
    const unasked = await reset('--to', 'earliest');
    expect(unasked).toMatchObject({ code: 2, stdout: outline });
    expect(unasked.stderr).toContain('CONFIRMATION_NEEDED');
    expect(await reset('--to', 'earliest', '--yes')).toMatchObject({ code: 0, stdout: `${outline}Moved.\n` });
    expect((await reset('--to', 'start', '--yes')).stdout).toBe('source "lines": has no position\nMoved.\n');
    expect((await run()).code).toBe(0);
    expect((await reset('--to', 'start', '--dry-run')).stdout).toBe(`${outline}Nothing was moved.\n`);
  });

  it('forgets the positions that a renamed source would take over as well', async () => {
    expect((await run()).code).toBe(0);
    const { lines: source } = files.sources;
    const renamed = { ...files, sources: { rows: { ...source, renamedFrom: 'lines' } } };
    const topology = JSON.stringify({ ...renamed, sinks: { out: { ...files.sinks.out, input: 'rows' } } });
    await writeFile(path.join(folder, 'topology.json'), topology);
    const reset = await headrace('reset', 'topology.json', '--to', 'earliest', '--yes');
    expect(reset.stdout).toBe('source "rows": begins anew; 1 position is forgotten\nMoved.\n');
    expect(
      (await readdir(path.join(folder, '.headrace/lines/positions'))).filter((name) => name.endsWith('.json')),
    ).toEqual([]);
  });

  it.each([
    [[], 'Where do the positions go?'],
    [['--to', 'earliest', '--to-file', 'x'], 'Where do the positions go?'],
    [['--to', 'latest'], 'can only begin anew'],
    [['--to', 'noon'], '"--to noon" is no place'],
    [['--to', 'earliest', '--source', 'other'], 'the topology has no such source'],
  ])('refuses to move positions by %j, which makes no sense', async (args, message) => {
    const { code, stderr } = await headrace('reset', 'topology.json', '--yes', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error WRONG_RESET /);
    expect(stderr).toContain(message);
  });

  it('refuses to move or to delete while a live process has the state directory', async () => {
    expect((await run()).code).toBe(0);
    const lock = path.join(folder, '.headrace/lines/positions/lines.lock');
    await writeFile(lock, String(process.pid));
    for (const verb of [
      ['reset', 'topology.json', '--to', 'earliest'],
      ['delete', 'topology.json'],
    ]) {
      const { code, stderr } = await headrace(...(verb as [string]), '--yes');
      expect(code).toBe(1);
      expect(stderr).toContain('STATE_LOCKED');
    }
    expect(existsSync(lock)).toBe(true);
  });

  it('deletes the state directory and nothing else', async () => {
    expect((await run()).code).toBe(0);
    const before = await lines();
    const what = 'state directory .headrace/lines: positions of "lines"\n';
    const looked = await headrace('delete', 'topology.json', '--dry-run');
    expect(looked).toEqual({ code: 0, stdout: `${what}Nothing was deleted.\n`, stderr: '' });
    const deleted = await headrace('delete', 'topology.json', '--yes');
    expect(deleted).toEqual({ code: 0, stdout: `${what}state directory .headrace/lines deleted\n`, stderr: '' });
    expect(existsSync(path.join(folder, '.headrace/lines'))).toBe(false);
    expect(await lines()).toEqual(before);
    expect((await headrace('delete', 'topology.json', '--yes')).stdout).toBe('"lines" left nothing else.\n');
  });

  it('needs no cluster for a topology without Kafka', async () => {
    expect(await headrace('apply', 'topology.json')).toMatchObject({ code: 0, stdout: 'There is nothing to make.\n' });
    expect((await headrace('plan', 'topology.json', '--online')).stdout).toMatch(/\n\nit needs no cluster\n$/);
    expect(await headrace('validate', 'topology.json', '--online')).toMatchObject({ code: 0 });
  });

  it('lists the rights that a topology needs without a network or a secret', async () => {
    const { code, stdout } = await headrace('plan', 'kafka.json', '--acls', '--format', 'json');
    expect(code).toBe(0);
    const { rights } = JSON.parse(stdout) as { rights: { operation: string; name: string; for: string }[] };
    expect(rights.filter((right) => right.for === 'run').map(({ operation, name }) => `${operation} ${name}`)).toEqual([
      'Read orders',
      'Write out',
      'Read shop',
    ]);
    const table = await headrace('plan', 'kafka.json', '--acls');
    expect(table.stdout).toMatch(
      /\n\nrights\n {2}operation {8}on {5}name {12}for\n {2}Read {13}Topic {2}orders {10}run\n/,
    );
    const shell = await headrace('plan', 'kafka.json', '--format', 'kafka-acls', '--brokers', 'a:1,b:2');
    expect(shell.stdout.split('\n')[1]).toBe(
      'kafka-acls --bootstrap-server a:1,b:2 --add --allow-principal User:etl --operation Read --topic orders',
    );
    const other = await headrace('plan', 'kafka.json', '--format', 'kafka-acls', '--principal', 'User:ann');
    expect(other.stdout).toContain('--allow-principal User:ann ');
    const unknown = await headrace('plan', 'topology.json', '--format', 'kafka-acls');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('PRINCIPAL_NEEDED');
  });

  it('says what keeps it from the cluster, without secrets', async () => {
    const unset = await headrace('plan', 'kafka.json', '--online');
    expect(unset).toMatchObject({ code: 2, stdout: '' });
    expect(unset.stderr).toContain('PARAMETER_NOT_SET');
    // What it answers is no TLS, which trying again could not mend.
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const broker = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (const [verb, ...options] of [
        ['plan', '--online'],
        ['validate', '--online'],
        ['apply'],
        ['reset', '--to', 'earliest'],
        ['delete'],
      ] as [string, ...string[]][]) {
        const access = ['--brokers', broker, '--set', `password=${secret}`];
        const { code, stdout, stderr } = await headrace(verb, 'kafka.json', ...access, ...options);
        expect({ verb, code, stdout }).toEqual({ verb, code: 1, stdout: '' });
        expect(stderr).toMatch(/^error KAFKA_TLS_FAILED /);
        expect(stderr).not.toContain(secret);
      }
    } finally {
      server.close();
    }
  });
});
