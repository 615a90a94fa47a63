import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { formatPath } from './format-path.ts';
import { validateValue } from './validate-value.ts';

const say = (schema: TSchema, value: unknown) =>
  validateValue(schema, value, ['x']).map(({ code, at, message }) => `${code} ${formatPath(at)}: ${message}`);

const closed = { additionalProperties: false } as const;
const text = Type.String();

describe('validateValue', () => {
  it('speaks of the branch that was meant, not of all', () => {
    const schema = Type.Union([
      text,
      Type.Array(text),
      Type.Object({ codec: text, schema: Type.Optional(text) }, closed),
    ]);
    expect(say(schema, { codec: 1 })).toEqual(['WRONG_TYPE x.codec: must be a text, not 1.']);
    expect(say(schema, ['a', 2])).toEqual(['WRONG_TYPE x[1]: must be a text, not 2.']);
    expect(say(schema, true)).toEqual(['WRONG_TYPE x: must be a text, a list of texts or an object, not true.']);
  });

  it('finds the branch of objects by what tells them apart', () => {
    const schema = Type.Union([
      Type.Object({ kind: Type.Literal('a'), size: Type.Integer() }, closed),
      Type.Object({ kind: Type.Literal('b'), name: text }, closed),
    ]);
    expect(say(schema, { kind: 'b', name: 1 })).toEqual(['WRONG_TYPE x.name: must be a text, not 1.']);
    expect(say(schema, { kind: 'a', size: 1, nam: 'x' })).toEqual([
      'UNKNOWN_KEY x.nam: the key "nam" is not known here.',
    ]);
  });

  it('lists the words that a choice of words allows', () => {
    const schema = Type.Union([Type.Literal('first'), Type.Literal('all')]);
    expect(say(schema, 'firts')).toEqual(['NOT_ALLOWED_VALUE x: "firts" is not allowed: allowed are "first", "all".']);
    expect(say(Type.Enum(['on', 'off']), 1)).toEqual([
      'NOT_ALLOWED_VALUE x: 1 is not allowed: allowed are "on", "off".',
    ]);
  });

  it('explains choices within choices', () => {
    const schema = Type.Union([text, Type.Object({ inner: Type.Union([Type.Integer(), Type.Array(text)]) }, closed)]);
    expect(say(schema, { inner: 'x' })).toEqual([
      'WRONG_TYPE x.inner: must be a whole number or a list of texts, not the text "x".',
    ]);
  });

  it('reports every mistake once, a key that is spelt wrong included', () => {
    const schema = Type.Object({ topic: text, count: Type.Integer({ minimum: 1 }) }, closed);
    expect(say(schema, { topc: 'a', count: 0 })).toEqual([
      'UNKNOWN_KEY x.topc: the key "topc" is not known here.',
      'OUT_OF_RANGE x.count: must be at least 1.',
    ]);
  });

  it('shows little of a long text', () => {
    expect(say(Type.Integer(), 'z'.repeat(500))[0]?.length).toBeLessThan(100);
  });
});
