import { expect, it } from 'vitest';
import { evolveSchema } from '../../../../test/avro/evolve-schema.ts';
import { mutate } from '../../../../test/avro/mutate.ts';
import { outcomeOf } from '../../../../test/avro/outcome.ts';
import { randomSchema } from '../../../../test/avro/random-schema.ts';
import { EndlessValue, randomValue } from '../../../../test/avro/random-value.ts';
import { Random } from '../../../../test/avro/random.ts';
import { createCodec } from '../codec.ts';
import { parseSchema } from '../parse-schema.ts';
import { resolve } from '../resolution.ts';
import type { Resolved } from '../resolved.ts';
import { eagerRead } from './eager-read.ts';
import { readAt } from './read-at.ts';

it('reads by itself what the closures read, and leaves to them what they refuse', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const json = randomSchema(random, true);
    const writer = parseSchema(json);
    let resolved: Resolved;
    try {
      resolved = resolve(writer, random.oneIn(3) ? writer : parseSchema(evolveSchema(random, json)));
    } catch {
      continue;
    }
    const long = random.oneIn(4) ? 'bigint' : 'number';
    let left = false;
    const eager = eagerRead(resolved, long, false, () => (left = true));
    const closures = readAt(resolved, [], long);
    const compare = (bytes: Uint8Array): void => {
      const buffer = Buffer.from(bytes);
      left = false;
      const read = outcomeOf(() => eager(buffer, 0, buffer.length));
      const expected = outcomeOf(() => closures(buffer, 0, buffer.length));
      if ('code' in expected) expect(left, `seed ${seed}`).toBe(true);
      else if (!left) expect(read, `seed ${seed}`).toEqual(expected);
    };
    try {
      for (let round = 0; round < 3; round++) {
        const value = randomValue(random, writer);
        const bytes = createCodec(writer).encode(value);
        compare(bytes);
        if ('value' in outcomeOf(() => closures(bytes, 0, bytes.length))) expect(left, `seed ${seed}`).toBe(false);
        for (let times = 0; times < 10; times++) compare(mutate(random, bytes));
      }
    } catch (error) {
      if (!(error instanceof EndlessValue)) throw error;
    }
  }
});
