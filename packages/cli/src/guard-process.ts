import { exitCodes } from './exit-codes.ts';
import { authorModules, namedModule } from './modules/author-modules.ts';

const signals = ['SIGTERM', 'SIGINT'] as const;
let endGuard: () => void = () => {};

/**
 * Gives an exit code of ours and a sentence to what happens outside of everything: an error that a module of an author throws after it
 * was loaded, a module that never ends to load, and, for `run`, a signal before the run has begun, when nothing was taken.
 */
export function guardProcess(verb: string | undefined): void {
  const thrown = (error: unknown): void => {
    const { loading, last } = authorModules;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const from = loading ?? last;
    const where = from === null ? '' : ` (after ${namedModule(from)} was loaded)`;
    process.stderr.write(
      `error MODULE_NOT_LOADED  Something threw outside of all that could catch it: ${what}${where}\n`,
    );
    authorModules.loading = null;
    process.exit(verb === 'test' && loading === null ? exitCodes.failed : exitCodes.wrongInput);
  };
  const unfinished = (): void => {
    if (authorModules.loading === null) return;
    process.stderr.write(
      `error MODULE_NOT_LOADED  ${namedModule(authorModules.loading)} was not loaded to its end: it waits for something that never comes.\n`,
    );
    process.exitCode = exitCodes.wrongInput;
  };
  const stopped = (signal: string): void => {
    process.stderr.write(`${signal} before the run had begun: nothing was taken.\n`);
    authorModules.loading = null;
    process.exit(exitCodes.done);
  };
  process.on('uncaughtException', thrown).on('unhandledRejection', thrown).on('exit', unfinished);
  if (verb === 'run') for (const signal of signals) process.on(signal, stopped);
  endGuard = () => {
    process.off('uncaughtException', thrown).off('unhandledRejection', thrown);
    for (const signal of signals) process.off(signal, stopped);
  };
}

/** Leaves errors and signals to the run that begins. */
export function leaveToRun(): void {
  endGuard();
}

/** Ends a process that has done its work: what a module of an author began, such as a timer or a connection, does not keep it. */
export function endAfterModules(): void {
  if (authorModules.last !== null) process.stdout.write('', () => process.exit());
}
