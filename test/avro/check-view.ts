import { deepStrictEqual, throws } from 'node:assert';
import { createCodec, createResolvingCodec, parseSchema, viewOf, type RecordSchema } from '@headrace/avro';
import { evolveSchema } from './evolve-schema.ts';
import { mutate } from './mutate.ts';
import { outcomeOf } from './outcome.ts';
import { randomSchema } from './random-schema.ts';
import { randomValue } from './random-value.ts';
import { Random } from './random.ts';
import { walker } from './reader-back-ends.ts';

class Expired extends Error {}

/** Checks the view of a case of chance against the object codec: field by field, twice, spread, detached, released. */
export function checkView(seed: number, mutations: number): void {
  const random = new Random(seed);
  const json = randomSchema(random, true);
  const writer = parseSchema(json);
  const reader = parseSchema(random.oneIn(3) ? json : evolveSchema(random, json)) as RecordSchema;
  if ('code' in outcomeOf(() => createResolvingCodec(writer, reader))) return;
  const decoder = createResolvingCodec(writer, reader);
  const walk = walker(writer);
  const make = viewOf(writer, reader, {
    expired: () => {
      throw new Expired();
    },
  });
  const [view, other] = [make(), make()];
  const compare = (bytes: Uint8Array): void => {
    const around = Buffer.alloc(bytes.length + 40, 2);
    around.set(bytes, 7);
    const shown = new DataView(around.buffer, around.byteOffset, around.length);
    const set = outcomeOf(() => view.set(around, shown, 7, 7 + bytes.length));
    const walked = outcomeOf(() => walk(bytes));
    deepStrictEqual(set, walked);
    const keys = reader.fields.map((field) => field.name);
    if ('code' in set) {
      if (keys.length > 0) throws(() => view.value[keys[0] as string], Expired);
      return;
    }
    const expected = outcomeOf(() => decoder.decode(bytes, 0, bytes.length));
    const detached = outcomeOf(() => view.detach());
    if ('code' in expected || 'code' in detached) {
      // The fields of a view may be read in another order than they lie in the bytes.
      deepStrictEqual('code' in expected, 'code' in detached);
      return;
    }
    deepStrictEqual(detached, expected);
    deepStrictEqual({ ...view.value }, expected.value);
    deepStrictEqual(Object.keys(view.value), keys);
    view.release();
    if (keys.length > 0) throws(() => view.value[keys[0] as string], Expired);
    deepStrictEqual(detached, expected);
  };
  for (let round = 0; round < 3; round++) {
    const bytes = createCodec(writer).encode(randomValue(random, writer));
    compare(bytes);
    for (let left = mutations; left > 0; left--) compare(mutate(random, bytes));
  }
  if (reader.fields.length > 0) throws(() => other.value[reader.fields[0]?.name ?? ''], Expired);
}
