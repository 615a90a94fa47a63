import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveClassPath } from '../../test/kafka/broker/class-path.ts';
import { freePort } from '../../test/kafka/broker/free-port.ts';
import { brokerProperties } from '../../test/kafka/broker/properties.ts';
import { formatStorage } from '../../test/kafka/broker/storage.ts';

/** A broker in a process of its own. */
export interface Contender {
  readonly bootstrap: string;
  readonly pid: number;
  /** When its process was started, by `performance.now()`. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

const command = fileURLToPath(new URL('../../packages/cli/bin/headrace.js', import.meta.url));

/** What Kafka's own start script gives its virtual machine; test/kafka starts it with flags of a short life. */
const javaFlags = [
  '-Xms1g',
  '-Xmx1g',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:MaxInlineLevel=15',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** Starts the embedded broker as the command that users have; needs `pnpm build`. */
export async function startEmbedded(): Promise<Contender> {
  const port = await freePort();
  const startedAt = performance.now();
  const args = [...nodeFlags(), command, 'broker', '--port', String(port)];
  return running(spawn(process.execPath, args, { stdio: 'ignore' }), port, startedAt, () => Promise.resolve());
}

/** HEADRACE_BENCH_NODE gives flags of Node to the embedded broker, such as those of a profile. */
function nodeFlags(): readonly string[] {
  return (process.env['HEADRACE_BENCH_NODE'] ?? '').split(' ').filter((flag) => flag !== '');
}

/** Starts Apache Kafka with the flags of its own script; its storage is formatted before the clock starts. */
export async function startApacheKafka(): Promise<Contender> {
  const [classPath, port, controllerPort] = [await resolveClassPath(), await freePort(), await freePort()];
  const directory = await mkdtemp(path.join(os.tmpdir(), 'headrace-bench-'));
  const logDirectory = path.join(directory, 'log');
  await mkdir(logDirectory);
  await formatStorage(logDirectory, classPath);
  const properties = path.join(directory, 'server.properties');
  const overrides = { 'log.retention.check.interval.ms': '1000', 'log.segment.delete.delay.ms': '1000' };
  await writeFile(properties, brokerProperties({ logDirectory, port, controllerPort, overrides }));
  const output = await open(path.join(directory, 'broker.log'), 'a');
  const startedAt = performance.now();
  const args = [...javaFlags, '-cp', classPath, 'kafka.Kafka', properties];
  const child = spawn('java', args, { stdio: ['ignore', output.fd, output.fd] });
  await output.close();
  return running(child, port, startedAt, () => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
}

function running(child: ChildProcess, port: number, startedAt: number, clear: () => Promise<void>): Contender {
  const { pid } = child;
  if (pid === undefined) throw new Error('The broker did not start.');
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    bootstrap: `127.0.0.1:${port}`,
    pid,
    startedAt,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
      await clear();
    },
  };
}
