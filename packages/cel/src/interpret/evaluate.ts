import { CelError, placed } from '../cel-error.ts';
import type { CheckedNode } from '../check/checked.ts';
import type { Span } from '../syntax/node.ts';

/** Gives the value of a variable by its name. */
export type Scope = (name: string) => unknown;

/** Gives the value of a node; `locals` holds the variables of macros by slot. */
export type Evaluate = (scope: Scope, locals: Locals) => unknown;

/** Turns a checked node into a closure; files that compile one kind of node reach the others through this. */
export type Compile = (node: CheckedNode) => Evaluate;

/** Holds the variables of macros, and the rounds that they may still take. */
export interface Locals {
  readonly values: unknown[];
  rounds: number;
}

/** Wraps a step so that its errors know their place in the text. */
export function located(span: Span, evaluate: Evaluate): Evaluate {
  const place = { start: span.start, end: span.end };
  return (scope, locals) => {
    try {
      return evaluate(scope, locals);
    } catch (error) {
      throw placed(error, place);
    }
  };
}

/** Makes an error that knows its place. */
export function errorAt(span: Span, code: string, message: string): CelError {
  return new CelError(code, message, span.start, span.end);
}
