import { InvalidArgumentError } from 'commander';

const lastPort = 65_535;

/** Reads the number of a port; 0 is any. */
export function portOf(text: string): number {
  return wholeNumber(text, 0, lastPort);
}

/** Reads a whole number of an option. Throws what `commander` prints where it is none, or out of range. */
export function wholeNumber(text: string, least: number, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
}
