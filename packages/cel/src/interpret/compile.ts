import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { CelError } from '../cel-error.ts';
import { beginEvaluation } from '../values/meter.ts';
import { accepts } from '../values/accepts.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { narrow, widener } from '../values/widen.ts';
import { formatType } from '../types/format-type.ts';
import { compileField, compileHas, compileIndex, compileRequired, compileVariable } from './access.ts';
import { compileArithmetic, compileNegate } from './arithmetic.ts';
import { compileBind, compileLocal } from './bind.ts';
import { compileCall } from './calls.ts';
import { compileList, compileMap, compileRecord } from './collections.ts';
import { compileComparison } from './comparison.ts';
import { compileComprehension } from './comprehension.ts';
import { compileEquality } from './equality.ts';
import { errorAt, located, type Compile, type Evaluate } from './evaluate.ts';
import { compileConditional, compileLogical, compileNot } from './logical.ts';
import { compileMembership } from './membership.ts';
import { compileOptionalField, compileOptionalIndex, compileOptionalMap, compileOptionalOr } from './optionals.ts';

/** Turns a checked node into a closure, the fastest one that its types allow. What is constant is evaluated here. */
export function compile(node: CheckedNode): Evaluate {
  const evaluate = compileNode(node);
  if (!canFold(node)) return evaluate;
  try {
    beginEvaluation();
    const value = evaluate(noVariables, { values: [], rounds: 0 });
    return () => value;
  } catch (error) {
    // `1 / 0 > 1 || true` is true: a constant that fails may never be asked for.
    if (error instanceof CelError) return evaluate;
    throw error;
  }
}

function noVariables(): never {
  throw new Error('A constant reads a variable.');
}

const FOLDED = new Set<CheckedNode['kind']>(['call', 'arithmetic', 'negate', 'list', 'widen']);

// Children are folded first, so that looking one level down is enough for what is worth it.
function canFold(node: CheckedNode): boolean {
  return FOLDED.has(node.kind) && isConstant(node);
}

const NOT_CONSTANT = new Set<CheckedNode['kind']>([
  'variable',
  'local',
  'comprehension',
  'bind',
  'optionalMap',
  'aggregate',
  'fail',
]);

function isConstant(node: CheckedNode): boolean {
  return !NOT_CONSTANT.has(node.kind) && checkedChildrenOf(node).every(isConstant);
}

function compileNode(node: CheckedNode): Evaluate {
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'variable':
      return compileVariable(node);
    case 'local':
      return compileLocal(node);
    case 'field':
      return compileField(node, compile);
    case 'has':
      return compileHas(node, compile);
    case 'index':
      return compileIndex(node, compile);
    case 'required':
      return compileRequired(node, compile);
    case 'widen':
      return compileWiden(node, compile);
    case 'narrow':
      return compileNarrow(node, compile);
    case 'not':
      return compileNot(node, compile);
    case 'negate':
      return compileNegate(node, compile);
    case 'logical':
      return compileLogical(node, compile);
    case 'conditional':
      return compileConditional(node, compile);
    case 'arithmetic':
      return compileArithmetic(node, compile);
    case 'compare':
      return compileComparison(node, compile);
    case 'equality':
      return compileEquality(node, compile);
    case 'membership':
      return compileMembership(node, compile);
    default:
      return compileWhole(node);
  }
}

function compileWhole(
  node: Extract<
    CheckedNode,
    {
      kind:
        | 'list'
        | 'map'
        | 'record'
        | 'call'
        | 'comprehension'
        | 'bind'
        | 'optionalField'
        | 'optionalIndex'
        | 'optionalOr'
        | 'optionalMap'
        | 'aggregate'
        | 'fail';
    }
  >,
): Evaluate {
  switch (node.kind) {
    case 'list':
      return compileList(node, compile);
    case 'map':
      return compileMap(node, compile);
    case 'record':
      return compileRecord(node, compile);
    case 'call':
      return compileCall(node, compile);
    case 'comprehension':
      return compileComprehension(node, compile);
    case 'bind':
      return compileBind(node, compile);
    case 'optionalField':
      return compileOptionalField(node, compile);
    case 'optionalIndex':
      return compileOptionalIndex(node, compile);
    case 'optionalOr':
      return compileOptionalOr(node, compile);
    case 'optionalMap':
      return compileOptionalMap(node, compile);
    case 'aggregate':
      return failing(node, 'AGGREGATE_NOT_RUN', `the aggregate "${node.name}" has no group of records here.`);
    case 'fail':
      return failing(node, node.code, node.message);
  }
}

function compileWiden(node: CheckedNode & { kind: 'widen' }, compileChild: Compile): Evaluate {
  const operand = compileChild(node.operand);
  const change = widener(node.operand.type, node.type);
  if (change === null) return operand;
  return located(node, (scope, locals) => change(operand(scope, locals)));
}

function compileNarrow(node: CheckedNode & { kind: 'narrow' }, compileChild: Compile): Evaluate {
  const operand = compileChild(node.operand);
  const { type } = node;
  const what = `a field that holds ${formatType(type)}`;
  return located(node, (scope, locals) => {
    const value = operand(scope, locals);
    if (!accepts(type, value)) throw noSuchOverload(what, [value]);
    return narrow(type, value);
  });
}

function failing(node: CheckedNode, code: string, message: string): Evaluate {
  return () => {
    throw errorAt(node, code, message);
  };
}
