import { exitCodes } from '../../exit-codes.ts';
import { leaveToRun } from '../../guard-process.ts';
import { describeError } from '../../report-error.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import { checkVersion, type Version } from './check-version.ts';
import { DevRun } from './dev-run.ts';
import { forgetGroup } from './forget-group.ts';

/** Runs one version of a topology for `headrace dev`, which starts this process and tells it what to do. */
export function runDevWorker(): void {
  leaveToRun();
  const send = (message: FromWorker): void => void process.send?.(message);
  let version: Version | null = null;
  let run: DevRun | null = null;
  let forgets = false;
  const end = (code: number): void => {
    // What was told must have left before the process ends.
    if (process.send === undefined || !process.connected) process.exit(code);
    process.send({ kind: 'said', text: '', isError: false } satisfies FromWorker, () => process.exit(code));
  };
  const forget = async (): Promise<void> => {
    if (forgets && version !== null) await forgetGroup(version, send);
  };
  const take = async (message: ToWorker): Promise<void> => {
    switch (message.kind) {
      case 'check': {
        const check = await checkVersion(message, send);
        version = check.version;
        send(check.answer);
        return version === null ? end(exitCodes.wrongInput) : undefined;
      }
      case 'run': {
        if (version === null) return;
        run = new DevRun(version, message, send);
        await run.run();
        await forget();
        return end(exitCodes.done);
      }
      case 'inject':
        return run?.inject(message);
      case 'feed':
        return run?.feed();
      case 'drain':
        forgets = message.forget;
        if (run !== null) return run.drain();
        await forget();
        return end(exitCodes.done);
    }
  };
  const fail = (error: unknown): void => {
    send({ kind: 'ended', error: describeError(error), summary: 'the topology failed outside of any record' });
    end(exitCodes.failed);
  };
  process.on('message', (message: ToWorker) => void take(message).catch(fail));
  // The terminal sends signals to all its processes; who started this one says when it ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('disconnect', () => process.exit(exitCodes.failed));
}
