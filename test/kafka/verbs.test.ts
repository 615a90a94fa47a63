import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ClusterReport, NeededRight } from '@headrace/kafka';
import { applyTopology } from '../../packages/cli/src/verbs/apply.ts';
import { startWarmCommand, type WarmCommand } from '../command/warm-command.ts';
import { consumeAll } from './consume-all.ts';
import { foreignClient } from './foreign-client.ts';
import { committedOffsets, groupState } from './group-offsets.ts';
import { produce } from './produce.ts';
import { describeKafka } from './require-kafka.ts';
import { startAuthorizedBroker, type AuthorizedBroker } from './security/authorized-broker.ts';
import { runKafkaAcls } from './security/run-kafka-acls.ts';
import { createTopics, withAdmin } from './topics.ts';

const workspace = fileURLToPath(new URL('../../', import.meta.url));
const login = { username: 'etl', password: 'correct horse' };

/** A topology that reads `<name>-orders` and writes `<name>-out`; what is no JSON goes to `<name>-dlq`. */
function topologyOf(name: string, cluster: object): string {
  return JSON.stringify({
    headrace: 1,
    name,
    ...('sasl' in cluster && { parameters: { password: { type: 'secret', env: 'NO_SUCH_VARIABLE' } } }),
    clusters: { main: cluster },
    run: { commitInterval: '100ms', onError: { decode: 'deadLetter' }, deadLetter: { topic: `${name}-dlq` } },
    sources: { orders: { type: 'kafka', topic: `${name}-orders`, value: 'json' } },
    sinks: {
      out: {
        type: 'kafka',
        input: 'orders',
        topic: `${name}-out`,
        value: 'json',
        create: { partitions: 3, config: { 'retention.ms': 86_400_000 } },
      },
    },
  });
}

describeKafka('The verbs on real Kafka', () => {
  let authorized: AuthorizedBroker;
  let bootstrap: string;
  let folder: string;
  let command: WarmCommand;
  const headrace = (...args: string[]) => command.run(folder, ...args);
  const run = (file: string, ...args: string[]) =>
    headrace('run', file, '--until-end', '--metrics-address', 'off', ...args);
  const online = async (file: string) => {
    const { code, stdout, stderr } = await headrace('plan', file, '--online', '--format', 'json');
    const { items } = (JSON.parse(stdout === '' ? '{"online":{"items":[]}}' : stdout) as { online: ClusterReport })
      .online;
    return { code, stderr, states: items.map(({ name, state }) => `${name} ${state}`), items };
  };
  /** Writes the topology of a name, and the topic that it reads with three good records and a bad one. */
  const prepare = async (name: string, cluster: object): Promise<string> => {
    const file = `${name}.json`;
    await writeFile(path.join(folder, file), topologyOf(name, cluster));
    await createTopics(bootstrap, { [`${name}-orders`]: { partitions: 2 } });
    const record = (partition: number, value: string, timestamp: number) => ({ partition, value, timestamp });
    await produce(bootstrap, `${name}-orders`, [
      record(0, '{"n":1}', 1000),
      record(0, '{"n":2}', 2000),
      record(0, 'no JSON', 3000),
      record(1, '{"n":3}', 1500),
    ]);
    return file;
  };
  const offsets = async (name: string): Promise<number[]> =>
    (await committedOffsets(bootstrap, name, `${name}-orders`)).map(({ offset }) => offset);
  const written = async (topic: string): Promise<string[]> =>
    (await consumeAll(bootstrap, topic)).map(({ value }) => String(value)).sort();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-verbs-'));
    [authorized, command] = await Promise.all([
      startAuthorizedBroker({ [login.username]: login.password }),
      startWarmCommand(),
    ]);
    ({ bootstrap } = authorized.broker);
  });
  afterAll(async () => {
    await command?.close();
    await authorized?.broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('make what is missing, say what differs, move positions and take away what is left', async () => {
    const name = 'life';
    const file = await prepare(name, { brokers: [bootstrap] });
    expect(await online(file)).toMatchObject({
      code: 1,
      states: ['life-orders fine', 'life-out missing', 'life-dlq missing', 'life fine'],
    });
    const validated = await headrace('validate', file, '--online', '--format', 'json');
    expect(validated.code).toBe(2);
    const { findings } = JSON.parse(validated.stdout) as { findings: { code: string; column: number }[] };
    expect(findings.map(({ code }) => code)).toEqual(['TOPIC_MISSING', 'TOPIC_MISSING']);

    const wouldMake = 'topic "life-out" would be made: 3 partitions, retention.ms=86400000\n';
    const dry = await headrace('apply', file, '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      stdout: `${wouldMake}topic "life-dlq" would be made: the broker's defaults\n`,
    });
    expect((await online(file)).code).toBe(1);
    expect(await headrace('apply', file)).toMatchObject({
      code: 0,
      stdout:
        'topic "life-out" made: 3 partitions, replication 1, retention.ms=86400000\ntopic "life-dlq" made: 1 partition, replication 1\n',
    });
    expect(await headrace('apply', file)).toMatchObject({ code: 0, stdout: 'There is nothing to make.\n' });
    expect(await headrace('validate', file, '--online')).toMatchObject({ code: 0 });

    const ran = await run(file);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await written('life-out')).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await written('life-dlq')).toHaveLength(1);
    expect(await offsets(name)).toEqual([3, 1]);
    const { code, items } = await online(file);
    expect(code).toBe(0);
    expect(items.find(({ kind }) => kind === 'group')).toMatchObject({ members: 0, committed: 2, partitions: 2 });

    const reset = (...args: string[]) => headrace('reset', file, ...args);
    const outline = 'group "life"\n  life-orders/0: 3 -> 0\n  life-orders/1: 1 -> 0\n';
    expect(await reset('--to', 'earliest', '--dry-run')).toMatchObject({
      code: 0,
      stdout: `${outline}Nothing was moved.\n`,
    });
    expect(await offsets(name)).toEqual([3, 1]);
    const moved = await reset('--to', 'earliest', '--yes', '--save', 'before.csv');
    expect(moved).toMatchObject({ code: 0, stdout: `${outline}Moved.\n` });
    expect(await offsets(name)).toEqual([0, 0]);
    expect(await readFile(path.join(folder, 'before.csv'), 'utf8')).toBe('life-orders,0,3\nlife-orders,1,1\n');
    for (const [args, expected] of [
      [
        ['--to', '1970-01-01T00:00:02Z'],
        [1, 1],
      ],
      [
        ['--to', 'start'],
        [0, 0],
      ],
      [
        ['--to', 'latest'],
        [3, 1],
      ],
      [
        ['--to', '1970-01-01T00:00:01.200Z'],
        [1, 0],
      ],
    ] as const) {
      expect((await reset(...args, '--yes')).code).toBe(0);
      expect(await offsets(name), args.join(' ')).toEqual(expected);
    }
    expect((await run(file)).code).toBe(0);
    expect(await written('life-out')).toEqual(['{"n":1}', '{"n":2}', '{"n":2}', '{"n":3}', '{"n":3}']);
    await writeFile(path.join(folder, 'wrong.csv'), 'life-orders,0,2\nlife-orders,1,99\n');
    const beyond = await reset('--to-file', 'wrong.csv', '--yes');
    expect(beyond).toMatchObject({ code: 2, stderr: expect.stringContaining('has offsets from 0 to 1, and not 99') });
    await writeFile(path.join(folder, 'part.csv'), 'life-orders,0,2\n');
    expect(await reset('--to-file', 'part.csv', '--yes')).toMatchObject({ code: 0 });
    expect(await offsets(name)).toEqual([2, 1]);

    await withAdmin(bootstrap, async (admin) => {
      await admin.createPartitions({ topicPartitions: [{ topic: 'life-out', count: 5 }] });
      await admin.fetchTopicOffsets('life-orders');
      await admin.deleteTopicRecords({ topic: 'life-orders', partitions: [{ partition: 0, offset: '3' }] });
    });
    const changed = await headrace('plan', file, '--online');
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain('\n    partitions is 5, not 3\n');
    expect(changed.stdout).toContain('\n    position of life-orders/0 is 2, not 3 to 3\n');
    expect(await headrace('apply', file)).toMatchObject({
      code: 0,
      stdout: 'topic "life-out" left as it is: partitions is 5, not 3\n',
    });

    const looked = await headrace('delete', file, '--dry-run', '--topics');
    expect(looked).toMatchObject({ code: 0 });
    expect(looked.stdout).toBe(
      'group "life": 2 positions\ntopic "life-out": 5 partitions, 5 offsets of records\nNothing was deleted.\n',
    );
    const kept = await headrace('delete', file, '--yes');
    expect(kept.stdout).toBe(
      'topics that stay, unless "--topics" is given: "life-out"\ngroup "life": 2 positions\ngroup "life" deleted\n',
    );
    expect((await groupState(bootstrap, name)).state).toBe('Dead');
    expect((await headrace('delete', file, '--yes', '--topics')).stdout).toContain('topic "life-out" deleted\n');
    const left = await withAdmin(bootstrap, (admin) => admin.listTopics());
    expect(left.filter((topic) => topic.startsWith('life-')).sort()).toEqual(['life-dlq', 'life-orders']);
  });

  it('make each topic once when several do it at the same time', async () => {
    const file = await prepare('many', { brokers: [bootstrap] });
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    let codes: number[];
    try {
      codes = await Promise.all(
        Array.from({ length: 4 }, () => applyTopology(path.join(folder, file), { format: 'text' })),
      );
    } finally {
      write.mockRestore();
    }
    expect(codes).toEqual([0, 0, 0, 0]);
    const made = said.filter((line) => / made: \d/.test(line));
    expect(made.sort()).toEqual([
      'topic "many-dlq" made: 1 partition, replication 1\n',
      'topic "many-out" made: 3 partitions, replication 1, retention.ms=86400000\n',
    ]);
    expect((await online(file)).code).toBe(0);
  });

  it('move and delete nothing while a member of the group is alive', async () => {
    const file = await prepare('used', { brokers: [bootstrap] });
    const consumer = foreignClient(bootstrap).consumer({ groupId: 'used', maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: ['used-orders'] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    await joined;
    for (const [verb, ...args] of [['reset', '--to', 'latest'], ['delete']] as [string, ...string[]][]) {
      const { code, stderr } = await headrace(verb, file, '--yes', ...args);
      expect({ verb, code }).toEqual({ verb, code: 1 });
      expect(stderr).toMatch(/^error GROUP_IN_USE {2}Group "used" has a member: "headrace-test" at 127\.0\.0\.1\./);
    }
    await consumer.disconnect();
    expect(await offsets('used')).toEqual([]);
  });

  it('are allowed what they need by the lines of "plan --acls", as Kafka’s own tool takes them', async () => {
    const sasl = {
      mechanism: 'plain',
      username: login.username,
      password: { $param: 'password' },
      allowPlaintext: true,
    };
    const file = await prepare('told', { brokers: [authorized.loginAddress], sasl });
    await createTopics(bootstrap, { 'told-out': {}, 'told-dlq': {} });
    await authorized.grant(login.username, []);
    const access = ['--set', `password=${login.password}`];
    const refused = await run(file, ...access);
    expect(refused.stderr).toContain('KAFKA_NOT_ALLOWED');
    const { stdout } = await headrace('plan', file, '--acls', '--format', 'kafka-acls');
    const forRun = stdout.split(/^# for /m).filter((part) => part.startsWith('run\n'));
    expect(forRun).toHaveLength(1);
    await runKafkaAcls(`# ${forRun[0]}`);
    const ran = await run(file, ...access);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await written('told-out')).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await written('told-dlq')).toHaveLength(1);
  });

  it('need the rights that "plan --acls" lists and no other, and name the one that is missing', async () => {
    const sasl = {
      mechanism: 'plain',
      username: login.username,
      password: { $param: 'password' },
      allowPlaintext: true,
    };
    const file = await prepare('safe', { brokers: [authorized.loginAddress], sasl });
    const access = ['--set', `password=${login.password}`];
    const listed = await headrace('plan', file, '--acls', '--format', 'json');
    const { rights } = JSON.parse(listed.stdout) as { rights: NeededRight[] };
    const rightsFor = (...purposes: string[]): NeededRight[] => rights.filter((right) => purposes.includes(right.for));
    const nameOf = ({ operation, resource, name }: NeededRight): string =>
      `${operation} on ${resource.toLowerCase()} "${name}"`;
    const as = async (given: readonly NeededRight[], ...args: string[]) => {
      await authorized.grant(login.username, given);
      return headrace(...args, file, ...access);
    };
    const ran = ['run', '--from', 'earliest', '--until-end', '--metrics-address', 'off'];

    const applied = await as(rightsFor('run', 'plan --online', 'apply'), 'apply');
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    const free = await as(rightsFor('run'), ...ran);
    expect(free.code, free.stderr).toBe(0);
    expect(await written('safe-out')).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    const bounded = await as(rightsFor('run', 'run --bounded'), 'run', '--bounded', '--metrics-address', 'off');
    expect(bounded.code, bounded.stderr).toBe(0);

    const needed = rightsFor('run');
    expect(needed.map(nameOf)).toEqual([
      'Read on topic "safe-orders"',
      'Write on topic "safe-out"',
      'Write on topic "safe-dlq"',
      'Read on group "safe"',
    ]);
    for (const missing of needed) {
      const refused = await as(
        needed.filter((right) => right !== missing),
        ...ran,
      );
      expect({ missing, code: refused.code }).toEqual({ missing, code: 1 });
      expect(refused.stderr).toContain('KAFKA_NOT_ALLOWED');
      expect(refused.stderr.replaceAll('\\"', '"')).toContain(`The right that is missing: ${nameOf(missing)}`);
    }

    const hidden = await as(rightsFor('run'), 'plan', '--online');
    expect(hidden.code).toBe(1);
    expect(hidden.stdout).toContain('the right that is missing to see it: DescribeConfigs on topic "safe-out"');
    expect((await as(rightsFor('run', 'plan --online'), 'plan', '--online')).code).toBe(0);
    expect((await as(rightsFor('run'), 'reset', '--to', 'earliest', '--yes')).code).toBe(0);
    const undeletable = await as(rightsFor('run'), 'delete', '--topics', '--yes');
    expect(undeletable.stderr).toContain('The right that is missing: Delete on group "safe"');
    const deleted = await as(rightsFor('run', 'delete'), 'delete', '--topics', '--yes');
    expect(deleted.code, deleted.stderr).toBe(0);
    const unmade = await as(rightsFor('run', 'plan --online'), 'apply');
    expect(unmade.code).toBe(1);
    expect(unmade.stderr).toContain('The right that is missing: Create on topic "safe-out"');
    expect([unmade, undeletable, hidden].some(({ stderr }) => stderr.includes(login.password))).toBe(false);
  });

  it('bring a reader of the README to a real cluster by the steps that it tells', async () => {
    const readme = await readFile(path.join(workspace, 'README.md'), 'utf8');
    const [, section = ''] = readme.split('\n## With Kafka\n');
    const steps = [...(section.split('\n## ')[0] ?? '').matchAll(/```sh\n(.*?)```/gs)]
      .flatMap(([, block = '']) => block.trim().split('\n'))
      .map((line) => line.replace(/ +#.*$/, ''));
    const [start, ...commands] = steps;
    // What it starts is here already; test/kafka/processes.test.ts starts one by hand.
    expect(start).toBe('pnpm kafka:start');
    expect(commands.length).toBeGreaterThan(3);
    const home = path.join(folder, 'home');
    await cp(path.join(workspace, 'topologies/nexmark'), path.join(home, 'topologies/nexmark'), {
      recursive: true,
      filter: (file) => !file.includes('.headrace'),
    });
    await mkdir(path.join(home, 'test/golden'), { recursive: true });
    await symlink(path.join(workspace, 'test/golden/nexmark'), path.join(home, 'test/golden/nexmark'));
    for (const step of commands) {
      const [name, ...args] = step.split(' ');
      expect(name, step).toBe('headrace');
      const quiet = args[0] === 'run' ? ['--metrics-address', 'off'] : [];
      const { code, stdout, stderr } = await command.run(home, ...args, '--brokers', bootstrap, ...quiet);
      expect(code, `${step}\n${stdout}${stderr}`).toBe(0);
    }
    const recorded = path.join(workspace, 'test/golden/nexmark/results-20000/q1.json');
    const { rows } = JSON.parse(await readFile(recorded, 'utf8')) as { rows: number };
    const results = await consumeAll(bootstrap, 'nexmark-q1');
    expect(results).toHaveLength(rows);
    expect(new Set(results.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
  });
});
