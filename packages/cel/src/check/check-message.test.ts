import { describe, expect, it } from 'vitest';
import { CelError } from '../cel-error.ts';
import type { BuildableRecord, Environment } from '../environment.ts';
import { interpreter } from '../interpret/interpreter.ts';
import { BOOL, DOUBLE, DYN, INT, STRING, TIMESTAMP, type CelType } from '../types/cel-type.ts';
import { check } from './check.ts';

const geo: BuildableRecord = {
  type: {
    kind: 'record',
    name: 'Geo',
    fields: new Map<string, CelType>([
      ['country', { kind: 'string', symbols: ['DE', 'ZZ'] }],
      ['city', { kind: 'nullable', of: STRING }],
      ['weight', DOUBLE],
      ['known', BOOL],
      ['any', DYN],
    ]),
  },
  defaults: new Map<string, unknown>([
    ['weight', 1.5],
    ['known', false],
  ]),
};
const environment: Environment = {
  variables: new Map<string, CelType>([
    ['name', { kind: 'nullable', of: STRING }],
    ['count', INT],
    ['at', TIMESTAMP],
    ['open', DYN],
  ]),
  records: new Map([
    ['Geo', geo],
    ['maps.Geo', geo],
  ]),
};

const errorsOf = (source: string) =>
  check(source, environment)
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ code, start, end, suggestion }) => [code, source.slice(start, end), suggestion]);
const valueOf = (source: string, scope: Record<string, unknown> = {}): unknown => {
  const { checked, issues } = check(source, environment);
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  return interpreter(checked!)((name) => scope[name]);
};

describe('building a record', () => {
  it('has all of its fields in their order: given ones, defaults, and null', () => {
    const value = valueOf("Geo{known: true, country: 'ZZ'}") as object;
    expect(Object.entries(value)).toEqual([
      ['country', 'ZZ'],
      ['city', null],
      ['weight', 1.5],
      ['known', true],
      ['any', null],
    ]);
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  it('gives its fields to the rest of the expression', () => {
    expect(valueOf("Geo{country: 'ZZ', weight: 2.0}.weight * 2.0")).toBe(4);
    expect(valueOf("Geo{country: 'ZZ', city: name}.city == null")).toBe(true);
    expect(valueOf("Geo{country: 'ZZ'} == Geo{country: 'ZZ', weight: 1.5}")).toBe(true);
    expect(valueOf("has(Geo{country: 'ZZ'}.city)")).toBe(false);
    expect(valueOf("Geo{country: 'ZZ', any: 1.0}")).toMatchObject({ any: 1 });
    expect(valueOf("Geo{country: 'ZZ', weight: open}.weight / 2.0", { open: 3 })).toBe(1.5);
    expect(() => valueOf("Geo{country: 'ZZ', weight: open}", { open: 'x' })).toThrow(CelError);
    expect(valueOf("Geo{country: open + 'E'}.country == 'DE'", { open: 'D' })).toBe(true);
    expect(() => valueOf("Geo{country: open + 'E'}", { open: 'X' })).toThrow(CelError);
    expect(valueOf("type(Geo{country: 'ZZ', any: at}.any) == timestamp", { at: 5 })).toBe(true);
  });

  it('leaves a field at its default where an optional is empty', () => {
    expect(valueOf("Geo{country: 'ZZ', ?weight: {'w': 2.5}.?w, ?city: {'c': 'x'}.?d}")).toMatchObject({
      weight: 2.5,
      city: null,
    });
    expect(valueOf("Geo{country: 'ZZ', ?weight: {'w': 2.5}.?v}")).toMatchObject({ weight: 1.5 });
  });

  it('finds names by their namespace', () => {
    const { checked } = check("Geo{country: 'ZZ'}", { ...environment, records: new Map([['maps.Geo', geo]]), container: 'maps.eu' }); // prettier-ignore
    expect(checked?.type).toBe(geo.type);
    expect(check("maps.Geo{country: 'ZZ'}", environment).checked?.type).toBe(geo.type);
  });

  it.each<[string, string, string, string?]>([
    ['Goe{}', 'UNKNOWN_RECORD', 'Goe', 'Geo'],
    ["Geo{country: 'ZZ', contry: 'DE'}", 'UNKNOWN_FIELD', 'contry', 'country'],
    ['Geo{city: name}', 'MISSING_FIELD', 'Geo'],
    ['Geo{}', 'MISSING_FIELD', 'Geo'],
    ["Geo{country: 'ZZ', country: 'DE'}", 'DUPLICATE_FIELD', 'country'],
    ["Geo{country: 'ZZ', weight: 'x'}", 'TYPE_MISMATCH', "'x'"],
    ["Geo{country: 'ZZ', weight: 2}", 'TYPE_MISMATCH', '2', '2.0'],
    ["Geo{country: 'ZZ', weight: count}", 'TYPE_MISMATCH', 'count', 'double(count)'],
    ["Geo{?country: {'c': 'ZZ'}.?c}", 'TYPE_MISMATCH', 'country'],
    ["Geo{country: 'ZZ', ?weight: 2.0}", 'TYPE_MISMATCH', '2.0'],
  ])('refuses %s with %s', (source, code, place, suggestion) => {
    expect(errorsOf(source)).toEqual([[code, place, suggestion]]);
  });

  it('refuses text that is no symbol of an enum', () => {
    expect(errorsOf("Geo{country: 'XX'}")).toEqual([['UNKNOWN_SYMBOL', "'XX'", undefined]]);
  });

  it('warns of null and fails on it where a field takes none', () => {
    const source = "Geo{country: 'ZZ', known: name == 'x', weight: double(name)}";
    const { checked, issues } = check(source, environment);
    expect(issues.map(({ code }) => code)).toEqual(['NULLABLE_OPERAND']);
    expect(() => interpreter(checked!)(() => null)).toThrow(CelError);
  });
});
