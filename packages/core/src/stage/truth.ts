import { HeadraceError } from '../errors/headrace-error.ts';

/** Returns the value of a condition; anything but true and false is a failure of the record, null included. */
export function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const found = (value ?? null) === null ? 'null' : `a ${typeof value}`;
  throw new HeadraceError('CONDITION_IS_NO_BOOL', `The condition gave ${found} and not true or false.`);
}
