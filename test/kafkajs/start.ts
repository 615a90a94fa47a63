// Runs the tests of kafkajs that talk to a broker, from a checkout of it, on the embedded broker or on Apache Kafka:
// `start.ts <folder> [--on kafka] [--only <text>]...`. Ends with 1 where a test fails that is not listed in exceptions.ts.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedBroker } from '@headrace/broker';
import { startKafkaCluster } from '../kafka/broker/kafka-cluster.ts';
import { reportOf, type JestReport } from './report.ts';
import { filesWithBroker, problemOf, writeConfiguration } from './suite-folder.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { on: { type: 'string', default: 'headrace' }, only: { type: 'string', multiple: true, default: [''] } },
});
// pnpm hands on the "--" that separates its own arguments from ours.
const folder = resolve(positionals.find((each) => each !== '--') ?? '.');
const problem = problemOf(folder);
if (problem === null) await run();
else {
  console.error(problem);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const cluster = values.on === 'kafka' ? await apacheKafka() : await embedded();
  try {
    const ports = cluster.bootstrap.split(',').map((address) => Number(address.split(':')[1]));
    const own = writeConfiguration(folder, ports);
    try {
      const report = join(own, 'report.json');
      const files = filesWithBroker(folder).filter((name) => values.only.some((each) => name.includes(each)));
      const output = ['--json', `--outputFile=${report}`];
      await jest(['--config', join(own, 'jest.config.json'), '--runInBand', '--forceExit', ...output, ...files]);
      const { text, unexpected } = reportOf(JSON.parse(readFileSync(report, 'utf8')) as JestReport, folder);
      console.log(text);
      process.exitCode = unexpected === 0 ? 0 : 1;
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  } finally {
    await cluster.stop();
  }
}

interface Cluster {
  readonly bootstrap: string;
  stop(): Promise<void>;
}

async function embedded(): Promise<Cluster> {
  const broker = new EmbeddedBroker({ nodes: 3, autoCreateTopics: true, defaultPartitions: 2 });
  // Its tests compare with this name.
  await broker.listen({ host: 'localhost' });
  return { bootstrap: broker.bootstrap, stop: () => broker.close() };
}

function apacheKafka(): Promise<Cluster> {
  return startKafkaCluster({ properties: { 'auto.create.topics.enable': 'true', 'num.partitions': '2' } });
}

/** Runs jest in the checkout to its end. Whether tests failed stands in the report. */
function jest(args: readonly string[]): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...args], {
      cwd: folder,
      env: { ...process.env, KAFKA_VERSION: '2.4', NODE_ENV: 'test' },
      // Its report goes to the file, what it prints to our errors.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', failed);
    child.once('close', () => done());
  });
}
