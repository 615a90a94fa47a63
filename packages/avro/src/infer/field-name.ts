import { MAX_NAME_LENGTH } from '../limits.ts';
import { isReservedName } from '../names.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Tells whether a key may be the name of a field. */
export function isFieldName(key: string): boolean {
  return key.length <= MAX_NAME_LENGTH && NAME.test(key) && !isReservedName(key);
}
