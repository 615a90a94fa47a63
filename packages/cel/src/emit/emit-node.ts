import { code, constant, value as valueOf } from '@headrace/codegen';
import { CelError } from '../cel-error.ts';
import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { compile } from '../interpret/compile.ts';
import { errorAt } from '../interpret/evaluate.ts';
import { beginEvaluation } from '../values/meter.ts';
import { complex, from, simple, type Emission, type Value } from './emission.ts';
import { emitField, emitHas, emitIndex, emitRequired, emitVariable } from './emit-access.ts';
import { emitArithmetic, emitNegate } from './emit-arithmetic.ts';
import { emitBind, emitLocal } from './emit-bind.ts';
import { emitCall } from './emit-call.ts';
import { emitList, emitMap, emitRecord } from './emit-collections.ts';
import { emitComparison, emitEquality, emitMembership } from './emit-comparison.ts';
import { emitComprehension } from './emit-comprehension.ts';
import { emitConditional, emitLogical, emitNot } from './emit-logical.ts';
import { emitOptionalMap, emitOptionalOr, emitOptionalStep } from './emit-optional.ts';
import { operationOf } from './operation.ts';
import { accessPathOf, optionalPathOf } from './reads-of.ts';

/** Emits a node: what is constant as a constant, what occurs several times with a variable. */
export function emitNode(emission: Emission, node: CheckedNode): Value {
  const folded = fold(node);
  if (folded !== null) return folded;
  const path = emission.typed ? (accessPathOf(node) ?? optionalPathOf(node)) : null;
  const key = path !== null && emission.isAsked(path) ? null : emission.terms.keyOf(node);
  if (key === null) return from(node, emitKind(emission, node));
  return emission.once(key, node.kind === 'call' ? node.name : 'term', () => from(node, emitKind(emission, node)));
}

function fold(node: CheckedNode): Value | null {
  if (node.kind === 'constant') return literalOf(node.value);
  if (!canFold(node)) return null;
  try {
    const evaluate = compile(node);
    beginEvaluation();
    return literalOf(evaluate(noVariables, { values: [], rounds: 0 }));
  } catch (error) {
    // `1 / 0 > 1 || true` is true: a constant that fails may never be asked for.
    if (error instanceof CelError) return null;
    throw error;
  }
}

function literalOf(value: unknown): Value {
  return { ...simple(valueOf(value)), known: { value } };
}

const NOT_CONSTANT: ReadonlySet<CheckedNode['kind']> = new Set([
  'variable',
  'local',
  'comprehension',
  'bind',
  'optionalMap',
  'aggregate',
  'fail',
]);

function canFold(node: CheckedNode): boolean {
  return !NOT_CONSTANT.has(node.kind) && checkedChildrenOf(node).every(canFold);
}

function noVariables(): never {
  throw new Error('A constant reads a variable.');
}

type Emitters = {
  readonly [Kind in CheckedNode['kind']]: (emission: Emission, node: CheckedNode & { kind: Kind }) => Value;
};

const EMITTERS: Emitters = {
  constant: (_, { value }) => literalOf(value),
  variable: emitVariable,
  local: emitLocal,
  field: emitField,
  has: emitHas,
  index: emitIndex,
  optionalField: emitOptionalStep,
  optionalIndex: emitOptionalStep,
  optionalOr: emitOptionalOr,
  optionalMap: emitOptionalMap,
  bind: emitBind,
  widen: emitChange,
  narrow: emitChange,
  required: emitRequired,
  not: emitNot,
  negate: emitNegate,
  logical: emitLogical,
  arithmetic: emitArithmetic,
  compare: emitComparison,
  equality: emitEquality,
  membership: emitMembership,
  conditional: emitConditional,
  list: emitList,
  map: emitMap,
  record: emitRecord,
  call: emitCall,
  comprehension: emitComprehension,
  aggregate: (_, node) =>
    failing(node, 'AGGREGATE_NOT_RUN', `the aggregate "${node.name}" has no group of records here.`),
  fail: (_, node) => failing(node, node.code, node.message),
};

function emitKind(emission: Emission, node: CheckedNode): Value {
  return (EMITTERS[node.kind] as (emission: Emission, node: CheckedNode) => Value)(emission, node);
}

function emitChange(emission: Emission, node: CheckedNode & { kind: 'widen' | 'narrow' }): Value {
  const operand = emission.value(node.operand);
  return complex(code`${constant(operationOf(node), node.kind)}(${operand.code})`);
}

function failing(node: CheckedNode, name: string, message: string): Value {
  const fail = constant(() => {
    throw errorAt(node, name, message);
  }, 'fail');
  return complex(code`${fail}()`);
}
