import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, keepFile, shortHash } from './cache.ts';
import { javaArguments } from './java.ts';
import { brokerProperties, nodeId } from './properties.ts';
import { lastLines, runCommand } from './run-command.ts';

const deadlineMs = 120_000;
const files = ['bootstrap.checkpoint', 'meta.properties'];

/** What may be chosen about a formatted directory. */
export interface StorageOptions {
  /** Finalized feature levels that differ from Kafka's defaults. */
  readonly features?: Readonly<Record<string, number>>;
  /** The cluster that the node belongs to. Default: a new one. */
  readonly clusterId?: string;
  readonly node?: number;
}

/**
 * Formats the log directory of a node and returns the identity of its cluster.
 * Kafka's own tool takes a second of a virtual machine, so its two files are made once and copied, with fresh identities.
 */
export async function formatStorage(
  logDirectory: string,
  classPath: string,
  { features = {}, clusterId = randomId(), node = nodeId }: StorageOptions = {},
): Promise<string> {
  const flags = Object.entries(features).flatMap(([name, level]) => ['--feature', `${name}=${level}`]);
  const template = join(await cacheDirectory(), `storage-${shortHash(flags.join(' '))}`);
  if (!files.every((file) => existsSync(join(template, file)))) await makeTemplate(template, classPath, flags);
  await cp(template, logDirectory, { recursive: true });

  const meta = join(logDirectory, 'meta.properties');
  const text = await readFile(meta, 'utf8');
  const own: Record<string, string> = { 'cluster.id': clusterId, 'directory.id': randomId(), 'node.id': `${node}` };
  await writeFile(
    meta,
    text.replace(/^([a-z.]+)=.*$/gm, (line, name: string) => (name in own ? `${name}=${own[name]}` : line)),
  );
  return clusterId;
}

async function makeTemplate(template: string, classPath: string, flags: readonly string[]): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'headrace-kafka-format-'));
  try {
    const logDirectory = join(work, 'log');
    const properties = join(work, 'server.properties');
    await writeFile(properties, brokerProperties({ logDirectory, port: 9092, controllerPort: 9093, overrides: {} }));
    const main = ['kafka.tools.StorageTool', 'format', '-t', randomId(), '-c', properties, ...flags];
    const result = await runCommand('java', javaArguments(classPath, [], main), deadlineMs);
    if (!result.succeeded) {
      throw new Error(`Kafka could not format its storage: ${result.ending}\n${lastLines(result.output, 20)}`);
    }
    for (const file of files) await keepFile(join(logDirectory, file), join(template, file));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Makes an identity in Kafka's form, 16 bytes in base64url, that no command line takes for an option. */
function randomId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}
