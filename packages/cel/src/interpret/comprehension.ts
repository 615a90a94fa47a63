import type { CheckedNode } from '../check/checked.ts';
import { CelError } from '../cel-error.ts';
import { isRecord, keysOf } from '../values/own.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { errorAt, located, type Compile, type Evaluate, type Locals, type Scope } from './evaluate.ts';
import { compileCondition } from './logical.ts';

type ComprehensionNode = CheckedNode & { kind: 'comprehension' };
type Items = (scope: Scope, locals: Locals) => readonly unknown[];

/** Compiles the macros over the elements of a list or the keys of a map. */
export function compileComprehension(node: ComprehensionNode, compile: Compile): Evaluate {
  const items = compileItems(node, compile);
  const round = startRound(node);
  const condition = node.condition === null ? null : compileCondition(node.condition, compile);
  switch (node.macro) {
    case 'all':
    case 'exists':
      return quantified(items, round, condition!, node.macro === 'exists');
    case 'exists_one':
      return (scope, locals) => select(items, round, condition, scope, locals).length === 1;
    case 'filter':
      return (scope, locals) => select(items, round, condition, scope, locals);
    case 'map':
      return mapped(items, round, condition, compile(node.transform!));
  }
}

function compileItems(node: ComprehensionNode, compile: Compile): Items {
  const range = compile(node.range);
  return located(node.range, (scope, locals) => {
    const value = range(scope, locals);
    if (Array.isArray(value)) return value as unknown[];
    if (isRecord(value)) return keysOf(value);
    throw noSuchOverload(`"${node.macro}"`, [value]);
  }) as Items;
}

type StartRound = (locals: Locals, item: unknown) => void;

function startRound(node: ComprehensionNode): StartRound {
  const { slot } = node;
  return (locals, item) => {
    if (--locals.rounds < 0) throw errorAt(node, 'STEP_LIMIT', 'the macros of the expression take too many rounds.');
    locals.values[slot] = item ?? null;
  };
}

// As a chain of && or || over the elements: one that decides wins over an error.
function quantified(items: Items, round: StartRound, condition: Evaluate, decides: boolean): Evaluate {
  return (scope, locals) => {
    let first: CelError | null = null;
    for (const item of items(scope, locals)) {
      round(locals, item);
      try {
        if ((condition(scope, locals) === true) === decides) return decides;
      } catch (error) {
        if (!(error instanceof CelError) || error.code === 'STEP_LIMIT') throw error;
        first ??= error;
      }
    }
    if (first !== null) throw first;
    return !decides;
  };
}

function select(items: Items, round: StartRound, condition: Evaluate | null, scope: Scope, locals: Locals): unknown[] {
  const kept: unknown[] = [];
  for (const item of items(scope, locals)) {
    round(locals, item);
    if (condition === null || condition(scope, locals) === true) kept.push(item);
  }
  return kept;
}

function mapped(items: Items, round: StartRound, condition: Evaluate | null, transform: Evaluate): Evaluate {
  return (scope, locals) => {
    const results: unknown[] = [];
    for (const item of items(scope, locals)) {
      round(locals, item);
      if (condition === null || condition(scope, locals) === true) results.push(transform(scope, locals));
    }
    return results;
  };
}
