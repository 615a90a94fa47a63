import { describe, expect, it } from 'vitest';
import type { Environment } from '../environment.ts';
import type { CelError } from '../cel-error.ts';
import { interpreter } from '../interpret/interpreter.ts';
import { DOUBLE, DURATION, INT, STRING, TIMESTAMP, listOf, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { check } from './check.ts';

const variables = new Map<string, CelType>([
  ['total', DOUBLE],
  ['n', INT],
  ['note', { kind: 'nullable', of: STRING }],
  ['score', { kind: 'nullable', of: INT }],
  ['at', TIMESTAMP],
  ['took', DURATION],
  ['tags', listOf(STRING)],
]);
const grouped: Environment = { variables, aggregates: true };

describe('aggregates', () => {
  it.each([
    ['count()', 'int'],
    ['count(note)', 'int'],
    ['countIf(total > 1.0)', 'int'],
    ['countDistinct(note)', 'int'],
    ['sum(total)', 'double'],
    ['sum(n)', 'int'],
    ['sum(took)', 'duration'],
    ['sum(score)', 'int?'],
    ['avg(n)', 'double'],
    ['avg(score)', 'double?'],
    ['min(at)', 'timestamp'],
    ['max(note)', 'string?'],
    ['first(tags)', 'list(string)'],
    ['last(note)', 'string?'],
    ['argMin(note, at)', 'string?'],
    ['argMax(n, total)', 'int'],
    ['collect(note, 10)', 'list(string)'],
    ['collectSet(n, 10)', 'list(int)'],
    ['topK(n, 3)', 'list(int)'],
    ['quantile(total, 0.99)', 'double'],
    ['stddev(score)', 'double?'],
    ['sum(total) / double(count())', 'double'],
    ['sum(tags.map(t, 1)[0] + n)', 'int'],
    ['count() > 3 && max(n) < 10', 'bool'],
  ])('types %s as %s', (source, expected) => {
    const { checked, issues } = check(source, grouped);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(formatType(checked!.type)).toBe(expected);
  });

  it.each([
    ['sum(note)', 'TYPE_MISMATCH', 'note'],
    ['countIf(n)', 'TYPE_MISMATCH', 'n'],
    ['min(tags)', 'TYPE_MISMATCH', 'tags'],
    ['collect(n, n)', 'TYPE_MISMATCH', 'n'],
    ['collect(n, 0)', 'TYPE_MISMATCH', '0'],
    ['quantile(total, 2.0)', 'TYPE_MISMATCH', '2.0'],
    ['sum(n, n)', 'WRONG_ARGUMENT_COUNT', 'sum(n, n)'],
    ['sum(sum(n))', 'AGGREGATE_NOT_ALLOWED', 'sum'],
    ['tags.map(t, count())', 'AGGREGATE_NOT_ALLOWED', 'count'],
    ['counf(n)', 'UNKNOWN_FUNCTION', 'counf'],
  ])('refuses %s with %s', (source, code, place) => {
    const { issues } = check(source, grouped);
    const errors = issues.filter(({ severity }) => severity === 'error');
    expect(errors.map((issue) => [issue.code, source.slice(issue.start, issue.end)])).toEqual([[code, place]]);
  });

  it('are refused where there is no group of records', () => {
    const { issues } = check('sum(n) > 3', { variables });
    expect(issues.map(({ code }) => code)).toEqual(['AGGREGATE_NOT_ALLOWED']);
    expect(issues[0]?.message).toContain('"fields" of an aggregate node');
  });

  it('tell what they read', () => {
    expect(check('sum(total) / double(count(note))', grouped).checked?.paths).toEqual([['total'], ['note']]);
    expect(check('count()', grouped).checked?.constant).toBe(true);
  });

  it('fail in the interpreter, which has no group', () => {
    const run = interpreter(check('count() > 1', grouped).checked!);
    expect(() => run(() => 0)).toThrow(
      expect.objectContaining({ code: 'AGGREGATE_NOT_RUN', start: 0, end: 7 }) as CelError,
    );
  });
});
