import { dynamicExpression, type HeadraceError, type Finding, type Path } from '@headrace/core';
import { specialOf } from './compare.ts';

/** Finds what can be known to be wrong in `$any`, `$where` and `$approx` before any record comes. */
export function checkSpecials(expected: unknown, at: Path): readonly Finding[] {
  const special = specialOf(expected);
  if (special !== null) return checkSpecial(special, at);
  if (typeof expected !== 'object' || expected === null) return [];
  const parts: readonly (readonly [string | number, unknown])[] = Array.isArray(expected)
    ? [...expected.entries()]
    : Object.entries(expected);
  return parts.flatMap(([key, part]) => checkSpecials(part, [...at, key]));
}

function checkSpecial([name, argument]: readonly [string, unknown], at: Path): readonly Finding[] {
  const wrong = (code: string, message: string): readonly Finding[] => [
    { code, severity: 'error', at: [...at, name], message },
  ];
  if (name === '$any') return [];
  if (name === '$approx') return typeof argument === 'number' ? [] : wrong('WRONG_TYPE', 'must be a number.');
  if (name !== '$where')
    return wrong('UNKNOWN_KEY', `"${name}" is not known here: there are $any, $where and $approx.`);
  if (typeof argument !== 'string') return wrong('WRONG_TYPE', 'must be an expression over "value".');
  try {
    dynamicExpression(argument);
    return [];
  } catch (thrown) {
    const { code, message } = thrown as HeadraceError;
    return wrong(code, message);
  }
}
