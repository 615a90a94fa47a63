import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { HeadraceError } from '@headrace/core';

/** Where a question is asked; `isTerminal` tells whether somebody can answer. */
export interface Asking {
  readonly input: Readable;
  readonly output: Writable;
  readonly isTerminal: boolean;
}

/** Where the command asks: on standard error, so that standard output stays what the verb gives. */
export function terminal(): Asking {
  const { stdin, stderr } = process;
  return { input: stdin, output: stderr, isTerminal: stdin.isTTY && stderr.isTTY };
}

/** Asks a question that only "y" or "yes" answers with yes. Throws `CONFIRMATION_NEEDED` where nobody can answer. */
export async function confirm(question: string, { input, output, isTerminal }: Asking): Promise<boolean> {
  if (!isTerminal)
    throw new HeadraceError(
      'CONFIRMATION_NEEDED',
      'There is no terminal to ask at. Look at it with "--dry-run", and give "--yes" to do it.',
    );
  const asking = createInterface({ input, output });
  try {
    const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
    return /^\s*y(es)?\s*$/i.test(await Promise.race([asking.question(`${question} [y/N] `), ended]));
  } finally {
    asking.close();
  }
}
