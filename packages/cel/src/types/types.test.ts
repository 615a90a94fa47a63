import { describe, expect, it } from 'vitest';
import { DOUBLE, DYN, INT, NOTHING, NULL, STRING, listOf, mapOf, type CelType } from './cel-type.ts';
import { formatType } from './format-type.ts';
import { isAssignable } from './is-assignable.ts';
import { joinTypes } from './join-types.ts';
import { nonNull } from './non-null.ts';

const maybe = (of: CelType): CelType => ({ kind: 'nullable', of });
const record = (fields: Record<string, CelType>, name: string | null = null): CelType => ({
  kind: 'record',
  name,
  fields: new Map(Object.entries(fields)),
});
const symbols = (...names: string[]): CelType => ({ kind: 'string', symbols: names });

describe('formatType', () => {
  it('prints types by their CEL names', () => {
    expect(formatType(maybe(STRING))).toBe('string?');
    expect(formatType(listOf(STRING))).toBe('list(string)');
    expect(formatType(mapOf(STRING, maybe(INT)))).toBe('map(string, int?)');
    expect(formatType(record({}, 'Order'))).toBe('Order');
    expect(formatType(record({}))).toBe('record');
    expect(formatType(symbols('A'))).toBe('string');
  });
});

describe('joinTypes', () => {
  it('makes a type nullable where it joins null', () => {
    expect(joinTypes(NULL, STRING)).toEqual(maybe(STRING));
    expect(joinTypes(maybe(STRING), STRING)).toEqual(maybe(STRING));
    expect(joinTypes(NULL, NULL)).toEqual(NULL);
    expect(joinTypes(maybe(STRING), NULL)).toEqual(maybe(STRING));
  });

  it('falls back to dyn where nothing narrower holds both', () => {
    expect(joinTypes(INT, DOUBLE)).toEqual(DYN);
    expect(joinTypes(listOf(INT), listOf(STRING))).toEqual(listOf(DYN));
    expect(joinTypes(record({ a: INT }), record({ a: STRING }))).toEqual(DYN);
  });

  it('keeps what is known about an empty list and about enums', () => {
    expect(joinTypes(listOf(NOTHING), listOf(INT))).toEqual(listOf(INT));
    expect(joinTypes(symbols('A'), symbols('B'))).toEqual(symbols('A', 'B'));
    expect(joinTypes(symbols('A'), STRING)).toEqual(STRING);
  });
});

describe('isAssignable', () => {
  it.each<[CelType, CelType, boolean]>([
    [INT, INT, true],
    [INT, DOUBLE, false],
    [INT, DYN, true],
    [DYN, INT, false],
    [INT, maybe(INT), true],
    [maybe(INT), INT, false],
    [NULL, maybe(INT), true],
    [NULL, INT, false],
    [symbols('A'), STRING, true],
    [STRING, symbols('A'), false],
    [symbols('A'), symbols('A', 'B'), true],
    [symbols('A', 'C'), symbols('A', 'B'), false],
    [listOf(INT), listOf(maybe(INT)), true],
    [record({ a: INT, b: STRING }), record({ a: INT }), true],
    [record({ a: INT }), record({ a: INT, b: STRING }), false],
  ])('%j to %j is %s', (from, to, expected) => {
    expect(isAssignable(from, to)).toBe(expected);
  });

  it('ends on types that contain themselves', () => {
    const make = (): CelType => {
      const fields = new Map<string, CelType>();
      const tree: CelType = { kind: 'record', name: 'Tree', fields };
      fields.set('next', maybe(tree));
      return tree;
    };
    expect(isAssignable(make(), make())).toBe(true);
  });
});

describe('nonNull', () => {
  it('takes null away', () => {
    expect(nonNull(maybe(INT))).toEqual(INT);
    expect(nonNull(INT)).toBe(INT);
  });
});
