import { it } from 'vitest';
import { checkReader } from './check-reader.ts';

const CASES = 400;

it('reads the same values, or fails the same way, in generated code and in the object codec', () => {
  for (let seed = 1; seed <= CASES; seed++) {
    try {
      checkReader(seed, 12);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
