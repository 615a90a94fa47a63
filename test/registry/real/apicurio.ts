import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess, type BrokerProcess } from '../../kafka/broker/broker-process.ts';
import { freePort } from '../../kafka/broker/free-port.ts';
import { startReaper } from '../../kafka/broker/reaper.ts';
import { lastLines, runCommand } from '../../kafka/broker/run-command.ts';

/** The last version that runs on Java 17. */
const version = '3.0.9';
const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
const jar = `apicurio-registry-app-${version}-runner.jar`;
const cacheRoot = fileURLToPath(new URL('../../../node_modules/.cache/headrace-registry/', import.meta.url));
const downloadDeadlineMs = 10 * 60_000;
const readyDeadlineMs = 120_000;
const stopPatienceMs = 10_000;
const attempts = 3;

/** A running Apicurio Registry that keeps what it is given in memory. */
export interface Registry {
  /** The address of its API that is like Confluent's. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts Apicurio Registry and waits until it answers. The first call on a machine downloads it through Maven. */
export async function startRegistry(): Promise<Registry> {
  const program = await unpack();
  let last = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), 'headrace-registry-'));
    const reaper = startReaper(directory);
    const log = join(directory, 'registry.log');
    const running = startProcess(javaArguments(join(program, jar), port), log);
    reaper.watch(running.pid);
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    const stop = async (): Promise<void> => {
      await running.end('SIGTERM', stopPatienceMs);
      reaper.watch(null);
      reaper.end();
      await rm(directory, { recursive: true, force: true });
    };
    if (await isReady(`${url}/subjects`, running)) return { url, stop };
    last = lastLines(await readFile(log, 'utf8').catch(() => '(there is no log)'), 30);
    await stop();
  }
  throw new Error(`Apicurio Registry did not start in ${attempts} attempts. The end of its log:\n${last}`);
}

function javaArguments(file: string, port: number): string[] {
  return [
    // Flags of a short life: the cheap compiler and collector.
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    '-Xmx384m',
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${port}`,
    '-jar',
    file,
  ];
}

async function isReady(url: string, running: BrokerProcess): Promise<boolean> {
  const deadline = performance.now() + readyDeadlineMs;
  while (running.isRunning() && performance.now() < deadline) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return true;
    await pause(100);
  }
  return false;
}

/** Returns the folder of the program, which Maven downloads once. */
async function unpack(): Promise<string> {
  const target = join(cacheRoot, version);
  if (existsSync(join(target, jar))) return target;
  await mkdir(cacheRoot, { recursive: true });
  const work = await mkdtemp(join(cacheRoot, 'unpacking-'));
  try {
    // Version 3 of the plugin reads the pom and its parent, which nothing here needs and not every repository has.
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy';
    await runTwice('mvn', ['-q', '-B', goal, `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`]);
    const app = join(work, 'app');
    await mkdir(app);
    await runTwice('tar', ['-xzf', join(work, `apicurio-registry-app-${version}-all.tar.gz`), '-C', app]);
    // Another run may have been faster.
    if (!existsSync(join(target, jar))) await rename(app, target).catch(() => {});
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function runTwice(command: string, args: readonly string[]): Promise<void> {
  const first = await runCommand(command, args, downloadDeadlineMs);
  if (first.succeeded) return;
  const second = await runCommand(command, args, downloadDeadlineMs);
  if (second.succeeded) return;
  throw new Error(`${command} ended with ${second.ending}:\n${lastLines(second.output, 20)}`);
}
