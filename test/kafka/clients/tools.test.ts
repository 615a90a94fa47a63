import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { produce } from '../produce.ts';
import { createTopic, partitionRanges, uniqueName } from '../topics.ts';
import { describeBrokers } from './both-brokers.ts';
import { javaHost } from './java-host.ts';

const tools = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
} as const;
const producerPerformance = 'org.apache.kafka.tools.ProducerPerformance';

const host = javaHost();

/** Lines without the spaces by which tools draw tables. */
const linesOf = (output: string): string[] =>
  output
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '');

describeBrokers('The console tools of Kafka 4.3.1', (bootstrap) => {
  const tool = async (name: keyof typeof tools, args: string, input?: string): Promise<string[]> =>
    linesOf(await host.succeed(tools[name], ['--bootstrap-server', bootstrap(), ...args.split(' ')], input));
  const numbers = Array.from({ length: 20 }, (_, at) => at);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'headrace-tools-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('make, change, describe and delete topics', async () => {
    const topic = uniqueName('tools');
    const make = `--create --topic ${topic} --partitions 3 --config retention.ms=3600000`;
    expect(await tool('kafka-topics', make)).toEqual([`Created topic ${topic}.`]);
    const again = await host.run(tools['kafka-topics'], ['--bootstrap-server', bootstrap(), ...make.split(' ')]);
    expect(again.status).toBe(1);
    expect(again.output).toContain(`Topic '${topic}' already exists.`);
    await tool('kafka-topics', `--alter --topic ${topic} --partitions 4`);
    const [title, ...partitions] = await tool('kafka-topics', `--describe --topic ${topic}`);
    expect(title).toMatch(new RegExp(`^Topic: ${topic} TopicId: \\S{22} PartitionCount: 4 .*retention.ms=3600000`));
    expect(partitions.map((line) => /Partition: (\d+) Leader: [1-3] /.exec(line)?.[1])).toEqual(['0', '1', '2', '3']);
    expect(await tool('kafka-topics', '--list')).toContain(topic);
    await tool('kafka-topics', `--delete --topic ${topic}`);
    expect(await tool('kafka-topics', '--list')).not.toContain(topic);
  });

  it.each(['none', 'zstd'])(
    'write with %s, read, and tell offsets, positions and their changes',
    async (compression) => {
      const topic = await createTopic(bootstrap(), 'tools', { partitions: 2 });
      const group = uniqueName('tools-group');
      const reader = '--reader-property parse.key=true --reader-property parse.headers=true';
      const write = `--topic ${topic} --compression-codec ${compression} ${reader} --reader-property null.marker=NULL`;
      const written = numbers.map((n) => `h:${n},g:\tk${n}\t${n === 7 ? 'NULL' : `value ${n}`}`);
      await tool('kafka-console-producer', write, `${written.join('\n')}\n`);
      const shown = ['key=true', 'headers=true', 'partition=true', 'offset=true'].map(
        (each) => `--formatter-property print.${each}`,
      );
      const format = `${shown.join(' ')} --formatter-property null.literal=NULL`;
      const read = `--topic ${topic} --from-beginning --max-messages 20 --group ${group} ${format}`;
      const records = (await tool('kafka-console-consumer', read)).filter((line) => line.startsWith('Partition:'));
      const withoutPlace = records.map((line) => line.replace(/^Partition:\d Offset:\d+ /, ''));
      const byText = (lines: readonly string[]): string[] => [...lines].sort();
      expect(byText(withoutPlace)).toEqual(byText(written.map((line) => line.replaceAll('\t', ' '))));
      const ends = [0, 1].map((partition) => records.filter((line) => line.includes(`Partition:${partition} `)).length);
      expect(await tool('kafka-get-offsets', `--topic ${topic}`)).toEqual(
        ends.map((end, at) => `${topic}:${at}:${end}`),
      );
      expect(await tool('kafka-consumer-groups', `--describe --group ${group} --offsets`)).toEqual([
        `Consumer group '${group}' has no active members.`,
        'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID',
        ...ends.map((end, at) => `${group} ${topic} ${at} ${end} ${end} 0 - - -`),
      ]);
      if (compression !== 'none') return;
      const groups = (args: string): Promise<string[]> => tool('kafka-consumer-groups', args);
      expect(await groups('--list --state')).toContain(`${group} Empty`);
      expect(await groups(`--reset-offsets --group ${group} --topic ${topic}:0 --to-earliest --execute`)).toContain(
        `${group} ${topic} 0 0`,
      );
      expect(await groups(`--delete-offsets --group ${group} --topic ${topic}:1`)).toContain(`${topic} 1 Successful`);
      const left = (await groups(`--describe --group ${group}`)).filter((line) => line.startsWith(group));
      expect(left).toEqual([`${group} ${topic} 0 0 ${ends[0]} ${ends[0]} - - -`]);
      await groups(`--delete --group ${group}`);
      expect((await groups('--list')).filter((line) => line.startsWith(group))).toEqual([]);
    },
  );

  it('change and describe the configuration of topics', async () => {
    const topic = await createTopic(bootstrap(), 'tools', { config: { 'retention.ms': '3600000' } });
    const entity = `--entity-type topics --entity-name ${topic}`;
    await tool('kafka-configs', `--alter ${entity} --add-config retention.bytes=1000000,cleanup.policy=compact`);
    await tool('kafka-configs', `--alter ${entity} --delete-config retention.ms`);
    const described = await tool('kafka-configs', `--describe ${entity}`);
    const own = described.flatMap((line) => /^(\S+) sensitive=false synonyms=\{DYNAMIC_TOPIC/.exec(line)?.[1] ?? []);
    expect(own.filter((each) => !each.startsWith('min.insync'))).toEqual([
      'cleanup.policy=compact',
      'retention.bytes=1000000',
    ]);
    const args = ['--bootstrap-server', bootstrap(), '--alter', ...entity.split(' '), '--add-config', 'no.such=1'];
    const refused = await host.run(tools['kafka-configs'], args);
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('InvalidConfigurationException');
  });

  it('delete records', async () => {
    const topic = await createTopic(bootstrap(), 'tools');
    await produce(
      bootstrap(),
      topic,
      numbers.map((n) => ({ value: `${n}` })),
    );
    const file = path.join(folder, 'delete.json');
    await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, offset: 12 }] }));
    expect(await tool('kafka-delete-records', `--offset-json-file ${file}`)).toContain(
      `partition: ${topic}-0 low_watermark: 12`,
    );
    expect(await tool('kafka-get-offsets', `--topic ${topic} --time earliest`)).toEqual([`${topic}:0:12`]);
  });

  it.each([
    ['in every batch on its own', []],
    ['in transactions', ['--transactional-id', uniqueName('perf'), '--transaction-duration-ms', '50']],
  ])('measure a producer, %s', async (_, transactional) => {
    const topic = await createTopic(bootstrap(), 'tools', { partitions: 3 });
    const size = ['--num-records', '5000', '--record-size', '100', '--throughput', '-1'];
    const properties = ['--producer-props', `bootstrap.servers=${bootstrap()}`, 'compression.type=lz4'];
    const args = ['--topic', topic, ...size, ...transactional, ...properties];
    const lines = linesOf(await host.succeed(producerPerformance, args));
    expect(lines.at(-1)).toMatch(/^5000 records sent, /);
    const ranges = await partitionRanges(bootstrap(), topic);
    expect(ranges.every(({ stableEnd, end }) => stableEnd === end)).toBe(true);
    const written = ranges.reduce((sum, { end }) => sum + end, 0);
    if (transactional.length === 0) expect(written).toBe(5000);
    else expect(written).toBeGreaterThan(5000);
  });
});
