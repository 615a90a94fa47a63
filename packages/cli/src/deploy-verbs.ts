import { Option, type Command } from 'commander';
import type { ApplyOptions } from './verbs/apply.ts';
import type { DeleteOptions } from './verbs/delete.ts';
import type { ResetOptions } from './verbs/reset.ts';
import { severalOption } from './several-option.ts';

/** Adds the verbs that change a cluster for a topology: `apply`, `reset` and `delete`. */
export function addDeployVerbs(program: Command): void {
  addOnlineOptions(
    program
      .command('apply')
      .description(
        'Makes the topics that a topology writes and its cluster does not have, and registers schemas; changes and deletes nothing.',
      )
      .argument('<file>', 'a topology file'),
  )
    .option('--sources', 'make topics that are only read as well, as the broker makes them by default')
    .option('--dry-run', 'make nothing, print what would be made')
    .addOption(new Option('--format <format>', 'how it is told').choices(['text', 'json']).default('text'))
    .action(async (file: string, options: ApplyOptions) => {
      const { applyTopology } = await import('./verbs/apply.ts');
      process.exitCode = await applyTopology(file, options);
    });
  addOnlineOptions(
    program
      .command('reset')
      .description('Moves the positions of a topology that does not run: those of its group, and those of its files.')
      .argument('<file>', 'a topology file'),
  )
    .option(
      '--to <where>',
      '"earliest", "latest", "start" (where each source begins), an instant, or "-2h" for two hours ago',
    )
    .option('--to-file <file>', 'the offsets of a file with lines "topic,partition,offset"')
    .addOption(severalOption('--source <id>', 'only this source; may be given several times'))
    .option('--save <file>', 'write the positions of before to a file that "--to-file" reads')
    .option('--dry-run', 'move nothing, print what would move')
    .option('--yes', 'ask nothing')
    .action(async (file: string, options: ResetOptions) => {
      const { resetTopology } = await import('./verbs/reset.ts');
      process.exitCode = await resetTopology(file, options);
    });
  addOnlineOptions(
    program
      .command('delete')
      .description('Takes away what a topology that does not run has left: its group and its state directory.')
      .argument('<file>', 'a topology file'),
  )
    .option('--topics', 'delete the topics that its sinks "create" as well, with all their records')
    .option('--dry-run', 'delete nothing, print what would be deleted')
    .option('--yes', 'ask nothing')
    .action(async (file: string, options: DeleteOptions) => {
      const { deleteTopology } = await import('./verbs/delete.ts');
      process.exitCode = await deleteTopology(file, options);
    });
}

/** Adds what every verb that looks at a cluster takes. */
export function addOnlineOptions(command: Command): Command {
  return command
    .option('--brokers <host:port,...>', 'the Kafka to use, in place of the topology’s cluster')
    .addOption(severalOption('--set <name=value>', 'set a parameter; may be given several times'))
    .option('--env-file <file>', 'read environment variables from a file; those that are set stay as they are');
}
