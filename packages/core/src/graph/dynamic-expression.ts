import { check, interpreter } from '@headrace/cel';
import { HeadraceError } from '../errors/headrace-error.ts';

/**
 * Makes a function of an expression over values without types, such as those of a test: names are looked up in what it is called
 * with. Throws `SYNTAX_ERROR`, or the code of another mistake, at once; an error with a code where it fails on values.
 */
export function dynamicExpression(text: string): (names: Readonly<Record<string, unknown>>) => unknown {
  const { checked, issues } = check(text, { variables: new Map(), fallback: { kind: 'dyn' } });
  const [issue] = issues;
  if (checked === null)
    throw new HeadraceError(issue?.code ?? 'SYNTAX_ERROR', issue?.message ?? 'This is no expression.');
  const evaluate = interpreter(checked);
  return (names) => evaluate((name) => (Object.hasOwn(names, name) ? names[name] : null));
}
