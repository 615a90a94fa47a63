import { brokerBanner, type EmbeddedBroker } from '@headrace/broker';
import { HeadraceError } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { openEmbeddedBroker } from '../open-embedded-broker.ts';
import { reportError } from '../report-error.ts';

/** The options of `broker`. */
export interface BrokerVerbOptions {
  readonly host: string;
  readonly port: number;
  readonly nodes: number;
  /** Topics to begin with, `orders` or `orders:3` for three partitions. */
  readonly topic?: readonly string[];
  readonly autoCreate?: boolean;
  readonly dataDir?: string;
}

/** Runs the embedded broker until a signal ends it; returns the exit code. */
export async function runBroker(options: BrokerVerbOptions): Promise<number> {
  const { host, port, nodes, topic: topics = [], autoCreate: autoCreateTopics = false, dataDir } = options;
  let broker: EmbeddedBroker | undefined;
  try {
    const made = topics.map(parseTopic);
    broker = openEmbeddedBroker({ nodes, autoCreateTopics, ...(dataDir !== undefined && { dataDirectory: dataDir }) });
    await broker.listen({ host, port }).catch((error: unknown) => {
      throw cannotListen(error, host, port);
    });
    for (const { name, partitions } of made) if (!broker.hasTopic(name)) broker.createTopic(name, partitions);
    process.stdout.write(`${brokerBanner}\nlistening at ${broker.bootstrap}\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  } finally {
    await broker?.close();
  }
}

function parseTopic(written: string): { readonly name: string; readonly partitions: number } {
  const [, name, partitions = '1'] = /^([a-zA-Z0-9._-]{1,249})(?::([1-9]\d{0,3}))?$/.exec(written) ?? [];
  if (name === undefined)
    throw new HeadraceError('WRONG_SET', `--topic "${written}" is not a name, or a name and a number: "orders:3".`);
  return { name, partitions: Number(partitions) };
}

function cannotListen(error: unknown, host: string, port: number): HeadraceError {
  const why = error instanceof Error ? error.message : String(error);
  return new HeadraceError('WRONG_ADDRESS', `The broker cannot listen at ${host}:${port}: ${why}.`, { cause: error });
}
