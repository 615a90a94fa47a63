import { code, literal, name, toFunction, type Code, type FunctionDefinition } from '@headrace/codegen';
import type { Checked } from '../check/checked.ts';
import type { Scope } from '../interpret/evaluate.ts';
import { emit } from './emitter.ts';

/**
 * Makes a function of generated code that evaluates an expression, and throws a `CelError` where that fails: the same to a caller as
 * `interpreter`, which is quicker to make and slower to run.
 */
export function generated(checked: Checked, options: { readonly raw?: boolean } = {}): (scope: Scope) => unknown {
  return toFunction<(scope: Scope) => unknown>(generatedDefinition(checked, options));
}

/** Defines the function that `generated` makes, to be looked at. */
export function generatedDefinition(checked: Checked, options: { readonly raw?: boolean } = {}): FunctionDefinition {
  const scope = name('scope');
  const read = ([variable]: readonly string[]): Code => code`${scope}(${literal(variable!)})`;
  const { declarations, statements, value } = emit(checked, { read }, options);
  const body = code`
    ${declarations}
    ${statements}
    return ${value};
  `;
  return { name: 'evaluate', params: [scope], body };
}
