import { CelError, check, formatType, type CelType, type Checked, type Environment, type Scope } from '@headrace/cel';
import type { Case, SpecTest } from './case.ts';
import { NotHere, typeOf } from './types.ts';
import { tell, tellExpected, valueOf } from './values.ts';

/** Makes a checked expression a function that gives its raw value: optionals, types and boxes are not taken away. */
export type BackEnd = (checked: Checked) => (scope: Scope) => unknown;

/** Says how a test went: null where it passed, else what was different. */
export function runCase({ test }: Case, backEnd: BackEnd): string | null {
  try {
    return compare(test, backEnd);
  } catch (error) {
    if (error instanceof NotHere) return `needs ${error.message}`;
    throw error;
  }
}

function compare(test: SpecTest, backEnd: BackEnd): string | null {
  const variables = new Map<string, CelType>();
  for (const { name, ident } of test.typeEnv ?? []) {
    if (ident === undefined) throw new NotHere(`the function ${name}`);
    variables.set(name, typeOf(ident.type));
  }
  const { container = '', disableCheck = false } = test;
  const environment: Environment = { variables, container, unchecked: disableCheck };
  const { checked, issues } = check(test.expr, environment);
  if (checked === null) {
    const message = issues.map((issue) => `${issue.code} ${issue.message}`).join(' | ');
    return test.evalError === undefined ? `is refused: ${message}` : null;
  }
  const typeProblem = compareType(test, checked);
  if (typeProblem !== null || test.checkOnly === true) return typeProblem;
  return compareValue(test, checked, variables, backEnd);
}

function compareType({ typedResult }: SpecTest, { type }: Checked): string | null {
  if (typedResult === undefined) return null;
  const [expected, given] = [formatType(typeOf(typedResult.deducedType)), formatType(type)];
  return expected === given ? null : `has the type ${given}, not ${expected}`;
}

function compareValue(
  test: SpecTest,
  checked: Checked,
  variables: ReadonlyMap<string, CelType>,
  backEnd: BackEnd,
): string | null {
  const values = new Map(
    Object.entries(test.bindings ?? {}).map(([name, { value }]) => [
      name,
      valueOf(value, variables.get(name) ?? { kind: 'dyn' }),
    ]),
  );
  // A test without a result expects true.
  const wanted =
    test.typedResult?.result ?? (test.typedResult === undefined ? (test.value ?? { boolValue: true }) : undefined);
  const expected = test.evalError !== undefined ? 'an error' : wanted === undefined ? null : tellExpected(wanted);
  const given = evaluate(checked, (name) => values.get(name), backEnd);
  if (expected === null || given === expected) return null;
  if (expected === 'an error' && given.startsWith('error ')) return null;
  return `gives ${given}, not ${expected}`;
}

function evaluate(checked: Checked, scope: Scope, backEnd: BackEnd): string {
  try {
    return tell(backEnd(checked)(scope), checked.type);
  } catch (error) {
    if (error instanceof CelError) return `error ${error.code} ${error.message}`;
    throw error;
  }
}
