import { code, constant, literal, member, name, toFunction, type Code } from '@headrace/codegen';
import { CelError, emit, type Checked } from '@headrace/cel';

/** What an evaluation gave: a value, or where and how it failed. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly code: string; readonly message: string; readonly start: number; readonly end: number };

/** A value by name. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs an evaluation; what is no error of the expression is thrown. */
export function outcomeOf(evaluate: () => unknown): Outcome {
  try {
    return { value: evaluate() };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const { code: name, message, start, end } = error;
    return { code: name, message, start, end };
  }
}

/** Evaluates with code that is given values of their types, path by path, and counts what it reads. */
export function generatedOverPaths(checked: Checked): (values: Values, reads: string[][]) => unknown {
  const [values, reads] = [name('values'), name('reads')];
  const path = (steps: readonly string[]): Code => code`${constant(steps)}`;
  const { declarations, statements, value } = emit(checked, {
    typed: true,
    read: (steps) => code`${constant(readPath)}(${values}, ${path(steps)}, ${reads})`,
    isNull: (steps) => code`${constant(isNullAt)}(${values}, ${path(steps)})`,
  });
  const body = code`
    ${declarations}
    ${statements}
    return ${value};
  `;
  return toFunction<(values: Values, reads: string[][]) => unknown>({ params: [values, reads], body });
}

/** Evaluates with code that reads fields in place, as code over decoded records does. */
export function generatedOverFields(checked: Checked): (values: Values) => unknown {
  const values = name('values');
  const { declarations, statements, value } = emit(checked, {
    typed: true,
    read: ([first, ...rest]) =>
      rest.reduce<Code>((target, step) => code`${target}?.[${literal(step)}]`, member(values, first!)),
  });
  const body = code`
    ${declarations}
    ${statements}
    return ${value};
  `;
  return toFunction<(values: Values) => unknown>({ params: [values], body });
}

function readPath(values: Values, steps: readonly string[], reads: string[][]): unknown {
  reads.push([...steps]);
  return valueAt(values, steps);
}

function isNullAt(values: Values, steps: readonly string[]): boolean {
  return valueAt(values, steps) === null;
}

function valueAt(values: unknown, steps: readonly string[]): unknown {
  return steps.reduce((value, step) => (value === null ? null : (value as Values)[step]), values);
}
