import { it } from 'vitest';
import { checkReader } from './check-reader.ts';
import { checkView } from './check-view.ts';
import { checkWriter } from './check-writer.ts';
import { EndlessValue } from './random-value.ts';

const CASES = 150;

function each(check: (seed: number) => void): void {
  for (let seed = 1; seed <= CASES; seed++) {
    try {
      check(seed);
    } catch (error) {
      if (!(error instanceof EndlessValue)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

it('reads the same values, or fails the same way, in generated code and in the object codec', () => {
  each((seed) => checkReader(seed, 12));
});

it('writes what decoding, changing and encoding by the object codec writes, or fails the same way', () => {
  each((seed) => checkWriter(seed, 6));
});

it('shows in a view what the object codec decodes, until it is released', () => {
  each((seed) => checkView(seed, 6));
});
