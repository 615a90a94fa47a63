import { dynamicExpression } from '@headrace/core';

/** One difference between what was expected and what came, by its place: `value.total`. */
export interface Difference {
  readonly path: string;
  readonly message: string;
}

/** Compares a value with what is expected of it; with `subset` an object may have more fields than are expected. */
export function compare(expected: unknown, actual: unknown, path: string, subset: boolean): Difference[] {
  const special = specialOf(expected);
  if (special !== null) return compareSpecial(special, actual, path);
  if (Array.isArray(expected)) return compareLists(expected, actual, path, subset);
  if (typeof expected === 'object' && expected !== null)
    return compareObjects(expected as Readonly<Record<string, unknown>>, actual, path, subset);
  return sameLeaf(expected, actual) ? [] : [differs(path, expected, actual)];
}

// A timestamp may be written as a text, and is a number in what comes.
function sameLeaf(expected: unknown, actual: unknown): boolean {
  if (Object.is(expected, actual) || expected === actual) return true;
  return typeof expected === 'string' && typeof actual === 'number' && Date.parse(expected) === actual;
}

/** Returns the name and the argument of a special object such as `$any`, or null for any other value. */
export function specialOf(expected: unknown): readonly [string, unknown] | null {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return null;
  const entries = Object.entries(expected);
  const [first] = entries;
  return entries.length === 1 && first !== undefined && first[0].startsWith('$') ? first : null;
}

function compareSpecial([name, argument]: readonly [string, unknown], actual: unknown, path: string): Difference[] {
  switch (name) {
    case '$any':
      return actual === undefined ? [{ path, message: 'expected anything, got nothing' }] : [];
    case '$approx': {
      if (typeof argument !== 'number') return [{ path, message: '"$approx" takes a number' }];
      const near = typeof actual === 'number';
      const close = near && Math.abs(actual - argument) <= 1e-9 * Math.max(1, Math.abs(actual), Math.abs(argument));
      return close ? [] : [{ path, message: `expected about ${shown(argument)}, got ${shown(actual)}` }];
    }
    case '$where':
      return compareWhere(argument, actual, path);
    default:
      return [{ path, message: `"${name}" is not known here: there are $any, $where and $approx` }];
  }
}

function compareWhere(condition: unknown, actual: unknown, path: string): Difference[] {
  if (typeof condition !== 'string') return [{ path, message: '"$where" takes an expression over "value"' }];
  const failed = (thrown: unknown): string => (thrown as Error).message.replace(/\.$/, '');
  let holds: (names: { readonly value: unknown }) => unknown;
  try {
    holds = dynamicExpression(condition);
  } catch (thrown) {
    return [{ path, message: `the expression "${condition}" is wrong: ${failed(thrown)}` }];
  }
  try {
    const result = holds({ value: actual });
    if (result === true) return [];
    const more = result === false ? '' : `, which gives ${shown(result)}, neither true nor false`;
    return [{ path, message: `expected ${condition}, got ${shown(actual)}${more}` }];
  } catch (thrown) {
    return [{ path, message: `expected ${condition}, got ${shown(actual)} (${failed(thrown)})` }];
  }
}

function compareLists(expected: readonly unknown[], actual: unknown, path: string, subset: boolean): Difference[] {
  if (!Array.isArray(actual)) return [differs(path, expected, actual)];
  const differences = expected.flatMap((item, i) =>
    i < actual.length
      ? compare(item, actual[i], `${path}[${String(i)}]`, subset)
      : [{ path: `${path}[${String(i)}]`, message: `expected ${shown(item)}, got nothing` }],
  );
  const more = actual.slice(expected.length);
  return [
    ...differences,
    ...more.map((item, i) => ({
      path: `${path}[${String(expected.length + i)}]`,
      message: `expected nothing, got ${shown(item)}`,
    })),
  ];
}

function compareObjects(
  expected: Readonly<Record<string, unknown>>,
  actual: unknown,
  path: string,
  subset: boolean,
): Difference[] {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return [differs(path, expected, actual)];
  const given = actual as Readonly<Record<string, unknown>>;
  const own = (key: string) => (Object.hasOwn(given, key) ? given[key] : undefined);
  const differences = Object.entries(expected).flatMap(([key, part]) => {
    const at = `${path}.${key}`;
    if (Object.hasOwn(given, key)) return compare(part, own(key), at, subset);
    return part === undefined ? [] : [{ path: at, message: `expected ${shown(part)}, got no such field` }];
  });
  if (subset) return differences;
  const more = Object.keys(given).filter((key) => !Object.hasOwn(expected, key));
  return [
    ...differences,
    ...more.map((key) => ({ path: `${path}.${key}`, message: `expected no such field, got ${shown(own(key))}` })),
  ];
}

function differs(path: string, expected: unknown, actual: unknown): Difference {
  const [wanted, given] = [shown(expected), shown(actual)];
  // Two values of different types may look alike.
  const types = wanted === given ? ` (${typeof expected} and ${typeof actual})` : '';
  return { path, message: `expected ${wanted}, got ${given}${types}` };
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
