import { Option, type Command } from 'commander';
import { severalOption } from './several-option.ts';
import type { BrokerVerbOptions } from './verbs/broker.ts';
import { portOf, wholeNumber } from './whole-number.ts';

const mostNodes = 100;

/** Adds the verb `broker`. */
export function addBroker(program: Command): void {
  program
    .command('broker')
    .description('Runs a broker that speaks the protocol of Kafka, for development and tests only.')
    .addOption(
      new Option('--port <port>', 'the port of the first node, others follow it; 0 for any')
        .default(9092)
        .argParser(portOf),
    )
    .option('--host <host>', 'the address to listen at; anybody who reaches it may do everything', '127.0.0.1')
    .addOption(new Option('--nodes <number>', 'how many nodes it plays').default(1).argParser(nodesOf))
    .addOption(
      severalOption(
        '--topic <name>',
        'a topic to begin with, "orders:3" for one of three partitions; may be given several times',
      ),
    )
    .option(
      '--data-dir <directory>',
      'keep everything in a directory, and go on with what it holds; in memory unless given',
    )
    .option('--auto-create', 'make topics that clients ask for')
    .action(async (options: BrokerVerbOptions) => {
      const { runBroker } = await import('./verbs/broker.ts');
      process.exitCode = await runBroker(options);
    });
}

function nodesOf(text: string): number {
  return wholeNumber(text, 1, mostNodes);
}
