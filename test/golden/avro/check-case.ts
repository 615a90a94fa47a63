import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AvroError } from '../../../packages/avro/src/avro-error.ts';
import { createCodec, createResolvingCodec } from '../../../packages/avro/src/codec.ts';
import { readExactly } from '../../../packages/avro/src/parse-json.ts';
import { parseSchema } from '../../../packages/avro/src/parse-schema.ts';
import { SchemaError } from '../../../packages/avro/src/schema-error.ts';
import type { LongForm, Schema } from '../../../packages/avro/src/schema.ts';
import { avroJson, logicalText, plainValue, withoutLogicals } from './show-values.ts';

/** A golden case of Avro's binary encoding; README.md says what the fields mean. */
export interface GoldenCase {
  name: string;
  writer: unknown;
  reader?: unknown;
  hex: string;
  value?: unknown;
  logical?: unknown;
  avroJson?: unknown;
  roundTrip?: boolean;
  bytesLeft?: number;
  error?: 'schema' | 'resolution' | 'data';
  either?: boolean;
}

/** Reads the cases of a file, with every digit of what their schemas say. */
export function readCases(file: string | URL): GoldenCase[] {
  return readExactly(readFileSync(file, 'utf8')) as GoldenCase[];
}

/** Holds our codec to a case, with longs as bigints and as numbers; throws where it does something else. */
export function checkCase(golden: GoldenCase): void {
  if (golden.either !== true) return check(golden);
  try {
    check(golden);
  } catch (error) {
    if (!(error instanceof AvroError || error instanceof SchemaError)) throw error;
  }
}

function check(golden: GoldenCase): void {
  if (golden.error === 'schema') {
    assert.throws(() => parseSchema(golden.writer), SchemaError);
    return;
  }
  if (golden.error !== undefined) return checkRefused(golden, golden.error);
  checkValues(golden, 'bigint');
  try {
    checkValues(golden, 'number');
  } catch (error) {
    // What the bigints have just shown may be more than a number holds.
    if (!(error instanceof AvroError && error.code === 'LONG_NOT_SAFE' && holdsWide(golden))) throw error;
  }
}

function checkRefused(golden: GoldenCase, kind: 'resolution' | 'data'): void {
  assert.throws(
    () => decode(golden, false, 'bigint'),
    (error) => error instanceof AvroError && (kind === 'resolution' || error.code !== 'RESOLUTION_FAILED'),
  );
}

function checkValues(golden: GoldenCase, long: LongForm): void {
  const { schema, value } = decode(golden, true, long);
  assert.deepEqual(plainValue(schema, value), golden.value);
  if (golden.avroJson !== undefined) assert.deepEqual(avroJson(schema, value), golden.avroJson);
  if (golden.logical !== undefined) {
    const shown = decode(golden, false, long);
    assert.deepEqual(logicalText(shown.schema, shown.value), golden.logical);
  }
  if (golden.roundTrip !== true) return;
  for (const strip of [true, false]) {
    const again = decode(golden, strip, long);
    const bytes = createCodec(again.schema, { long }).encode(again.value);
    assert.equal(Buffer.from(bytes).toString('hex'), golden.hex);
  }
}

function decode(golden: GoldenCase, strip: boolean, long: LongForm): { schema: Schema; value: unknown } {
  const parse = (json: unknown): Schema => parseSchema(strip ? withoutLogicals(json) : json);
  const writer = parse(golden.writer);
  const reader = golden.reader === undefined ? null : parse(golden.reader);
  const around = Buffer.from([0xff, 0xfe, 0xfd]);
  const bytes = Buffer.concat([around, Buffer.from(golden.hex, 'hex'), around]);
  const end = bytes.length - around.length;
  const codec = reader === null ? createCodec(writer, { long }) : createResolvingCodec(writer, reader, { long });
  if (golden.bytesLeft !== undefined) {
    assert.throws(() => codec.decode(bytes, around.length, end), { code: 'TRAILING_BYTES' });
  }
  return { schema: reader ?? writer, value: codec.decode(bytes, around.length, end - (golden.bytesLeft ?? 0)) };
}

/** Tells whether a long of the case, or the microseconds of a time, may be beyond what a number holds exactly. */
function holdsWide({ value, logical }: GoldenCase): boolean {
  if (JSON.stringify(value).includes('{"$long"')) return true;
  return logical !== undefined && typeof value === 'number' && Math.abs(value) > 2 ** 43 * 1000;
}
