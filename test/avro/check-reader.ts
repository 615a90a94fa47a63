import { deepStrictEqual, fail, strictEqual } from 'node:assert';
import { createCodec, createResolvingCodec, parseSchema, type Schema } from '@headrace/avro';
import { evolveSchema } from './evolve-schema.ts';
import { mutate } from './mutate.ts';
import { drill, pathDecoder, pathsOf, tryReader, walker } from './reader-back-ends.ts';
import { outcomeOf } from './outcome.ts';
import { randomSchema } from './random-schema.ts';
import { randomValue } from './random-value.ts';
import { Random } from './random.ts';

/** Checks the generated reader of a case of chance against the object codec, with good bytes and with bad ones. */
export function checkReader(seed: number, mutations: number): void {
  const random = new Random(seed);
  const json = randomSchema(random, random.oneIn(2));
  const writer = parseSchema(json);
  const reader = random.oneIn(4) ? writer : parseSchema(evolveSchema(random, json));
  if ('code' in outcomeOf(() => createResolvingCodec(writer, reader))) return;
  const compare = comparison(random, writer, reader);
  for (let round = 0; round < 3; round++) {
    const bytes = createCodec(writer).encode(randomValue(random, writer));
    compare(bytes);
    for (let left = mutations; left > 0; left--) compare(mutate(random, bytes));
    if (bytes.length < 40) for (let length = 0; length < bytes.length; length++) compare(bytes.subarray(0, length));
  }
}

function comparison(random: Random, writer: Schema, reader: Schema): (bytes: Uint8Array) => void {
  const paths = pathsOf(reader).filter(() => random.oneIn(3));
  const text = random.pick(['PAID', 'A', '', 'Zürich', 'dflt']);
  const tried = tryReader(writer, reader, paths, text);
  const decoder = createResolvingCodec(writer, reader);
  const decodePath = paths.map((path) => pathDecoder(writer, reader, path));
  const walk = walker(writer);
  return (bytes) => {
    // The bytes lie inside others, as they do in a batch; what follows looks like more of them.
    const around = Buffer.alloc(bytes.length + 40, 2);
    around.set(bytes, 7);
    const scanned = outcomeOf(() => tried.scan(around, 7, 7 + bytes.length));
    const walked = outcomeOf(() => walk(bytes));
    if ('code' in walked || 'code' in scanned) return deepStrictEqual(scanned, walked);
    const whole = outcomeOf(() => decoder.decode(bytes, 0, bytes.length));
    for (const [index, field] of (scanned.value as ReturnType<typeof tried.scan>).entries()) {
      const path = paths[index] ?? fail();
      const value = outcomeOf(() => field.value());
      const isWhole = 'value' in whole;
      const expected = isWhole ? { value: drill(whole.value, path) } : outcomeOf(() => decodePath[index]?.(bytes));
      // A union's branch may fit a part of the reader's record and not the whole of it.
      if (isWhole || !('code' in value) || value.code !== 'RESOLUTION_FAILED') deepStrictEqual(value, expected);
      const checked = outcomeOf(() => field.check());
      strictEqual('code' in checked ? checked.code : '', 'code' in value ? value.code : '');
      if ('code' in value) continue;
      deepStrictEqual(
        outcomeOf(() => field.equals()),
        { value: value.value === text },
      );
      deepStrictEqual(
        outcomeOf(() => field.isNull()),
        { value: value.value === null },
      );
      const code = tried.reader.fields[index] ?? fail();
      if (field.range === null || !code.copiesTo(code.type)) continue;
      deepStrictEqual(createCodec(code.type).decode(around, ...field.range), value.value);
    }
  };
}
