import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openBroker, realCluster, type DevCluster } from '../dev/dev-cluster.ts';
import { openSchemaRegistry, type DevSchemaRegistry } from '../dev/schema-registry.ts';
import { DevSession } from '../dev/dev-session.ts';
import { jsonScreen, textScreen, type Screen } from '../dev/screen.ts';
import { helpLine, readCommand } from '../dev/terminal-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';

/** The options of `dev`. */
export interface DevOptions {
  readonly port?: number;
  readonly dataDir?: string;
  readonly kafka?: boolean;
  readonly brokers?: string;
  readonly set?: readonly string[];
  readonly envFile?: string;
  readonly node?: readonly string[];
  readonly show: number;
  readonly feed: boolean;
  readonly format: 'text' | 'json';
}

/** Runs a topology while it is written: on the embedded broker, with samples, anew after each save. Returns the exit code. */
export async function developTopology(file: string, options: DevOptions): Promise<number> {
  const { dataDir } = options;
  const folder =
    dataDir === undefined ? await mkdtemp(path.join(os.tmpdir(), 'headrace-dev-')) : path.resolve(dataDir, 'dev');
  let cluster: DevCluster | null = null;
  let registry: DevSchemaRegistry | null = null;
  try {
    const screen = screenOf(options);
    const brokers = options.brokers?.split(',').map((broker) => broker.trim()) ?? null;
    cluster = options.kafka === true ? realCluster(brokers) : await openBroker(options.port, brokerDirectory(options));
    if (options.kafka !== true) screen.show({ kind: 'broker', brokers: (cluster.brokers ?? []).join(',') });
    const session = new DevSession({
      request: {
        file,
        set: options.set ?? [],
        envFile: options.envFile ?? null,
        brokers: cluster.brokers,
        isReal: options.kafka === true,
        groupSuffix: options.kafka === true ? `-dev-${Date.now().toString(36)}-${process.pid}` : null,
        stateDirectory: path.join(folder, 'state'),
        outputs: path.join(folder, 'out'),
        shown: options.node ?? [],
        perSecond: options.show,
      },
      cluster,
      screen,
      feeds: options.feed && options.kafka !== true,
      registry: async () => {
        if (options.kafka === true) return null;
        if (registry === null) {
          registry = await openSchemaRegistry(dataDir === undefined ? null : path.join(folder, 'schemas.json'));
          screen.show({ kind: 'registry', url: registry.url });
        }
        return registry.url;
      },
    });
    return await live(session, screen);
  } catch (error) {
    return reportError(error);
  } finally {
    await cluster?.close();
    await (registry as DevSchemaRegistry | null)?.close();
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  }
}

function brokerDirectory({ dataDir }: DevOptions): string | undefined {
  return dataDir === undefined ? undefined : path.resolve(dataDir, 'broker');
}

/** Lets it run until somebody ends it. */
async function live(session: DevSession, screen: Screen): Promise<number> {
  const quit = new Promise<void>((resolve) => {
    let interrupts = 0;
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => {
      if (++interrupts > 1) process.exit(exitCodes.interruptedTwice);
      resolve();
    });
    const lines = createInterface({ input: process.stdin, terminal: false });
    lines.on('line', (line) => {
      const command = readCommand(line);
      if (command.kind === 'send') session.inject({ ...command, kind: 'inject' });
      else if (command.kind === 'feed') session.feed();
      else if (command.kind === 'help') screen.show({ kind: 'said', text: helpLine, isError: false });
      else if (command.kind === 'wrong') screen.show({ kind: 'said', text: command.why, isError: true });
      else if (command.kind === 'quit') resolve();
    });
  });
  void session.reload();
  const code = await Promise.race([quit.then(() => exitCodes.done), session.hopeless.then(() => exitCodes.wrongInput)]);
  await session.end();
  return code;
}

function screenOf({ format }: DevOptions): Screen {
  const records = (text: string): void => void process.stdout.write(text);
  if (format === 'json') return jsonScreen(records);
  const inColour = (isTerminal: boolean): boolean => isTerminal && (process.env['NO_COLOR'] ?? '') === '';
  return textScreen({
    records,
    status: (text) => void process.stderr.write(text),
    recordsInColour: inColour(process.stdout.isTTY),
    statusInColour: inColour(process.stderr.isTTY),
  });
}
