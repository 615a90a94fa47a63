import { deepStrictEqual } from 'node:assert';
import {
  branchName,
  createCodec,
  nonNullBranch,
  Output,
  parseSchema,
  type RecordSchema,
  type Schema,
} from '@headrace/avro';
import avsc from 'avsc';
import { expect, it } from 'vitest';
import { randomSchema } from './random-schema.ts';
import { EndlessValue, randomValue } from './random-value.ts';
import { drill, pathsOf, tryReader } from './reader-back-ends.ts';
import { Random } from './random.ts';
import { tryWriter } from './try-writer.ts';

const CASES = 150;

/** Turns a value that avsc has read, with every union tagged, into one of ours. */
function fromAvsc(schema: Schema, value: unknown): unknown {
  switch (schema.kind) {
    case 'array':
      return (value as unknown[]).map((item) => fromAvsc(schema.items, item));
    case 'map': {
      const map = Object.create(null) as Record<string, unknown>;
      for (const [key, item] of Object.entries(value as object)) map[key] = fromAvsc(schema.values, item);
      return map;
    }
    case 'record': {
      const record = value as Record<string, unknown>;
      return Object.fromEntries(schema.fields.map(({ name, type }) => [name, fromAvsc(type, record[name])]));
    }
    case 'bytes':
    case 'fixed':
      return new Uint8Array(value as Buffer);
    case 'union': {
      if (value === null) return null;
      const [name, inner] = Object.entries(value as object)[0] as [string, unknown];
      const branch = schema.branches.find((each) => branchName(each) === name) as Schema;
      return nonNullBranch(schema) === null ? { [name]: fromAvsc(branch, inner) } : fromAvsc(branch, inner);
    }
    default:
      return value;
  }
}

/** Tells whether avsc would lose something: it doubles longs in a number, and puts "__proto__" on plain objects. */
function isBeyondAvsc(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) >= 2 ** 52;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key === '__proto__' || isBeyondAvsc(inner));
}

it('reads and writes by generated code what avsc writes and reads', () => {
  let compared = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    const random = new Random(seed);
    const json = randomSchema(random, false);
    const schema = parseSchema(json) as RecordSchema;
    const type = avsc.Type.forSchema(json as never, { wrapUnions: 'always' } as never);
    const paths = pathsOf(schema);
    const tried = tryReader(schema, schema, paths, 'PAID');
    for (let round = 0; round < 3; round++) {
      let value: unknown;
      try {
        value = randomValue(random, schema);
      } catch (error) {
        if (error instanceof EndlessValue) break;
        throw error;
      }
      if (isBeyondAvsc(value)) continue;
      const theirs: unknown = type.fromBuffer(Buffer.from(createCodec(schema).encode(value)));
      const bytes = type.toBuffer(theirs);
      const expected = fromAvsc(schema, theirs);
      for (const [index, field] of tried.scan(bytes, 0, bytes.length).entries()) {
        deepStrictEqual(field.value(), drill(expected, paths[index] as string[]), `seed ${seed}`);
      }
      // Some fields are copied, the others written from values.
      const plan = Object.fromEntries(
        schema.fields.map(({ name }) => [
          name,
          random.oneIn(2)
            ? { from: 'input' as const }
            : { from: 'value' as const, value: (value as Record<string, unknown>)[name] },
        ]),
      );
      const output = new Output(8);
      tryWriter(schema, schema, schema, plan)(bytes, output);
      const written = output.buffer.subarray(0, output.position);
      expect(written.equals(bytes), `seed ${seed}`).toBe(true);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(CASES);
});
