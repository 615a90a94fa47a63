import { placed } from '../cel-error.ts';
import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { knownArguments } from '../check/resolve-call.ts';
import { arithmetic } from '../functions/arithmetic.ts';
import { overloadById } from '../functions/table.ts';
import { compileField, compileIndex } from '../interpret/access.ts';
import { compileArithmetic, compileNegate } from '../interpret/arithmetic.ts';
import { compileCall } from '../interpret/calls.ts';
import { compileComparison } from '../interpret/comparison.ts';
import { compileEquality } from '../interpret/equality.ts';
import type { Compile, Evaluate } from '../interpret/evaluate.ts';
import { compileMembership } from '../interpret/membership.ts';
import { compileOptionalField, compileOptionalIndex } from '../interpret/optionals.ts';
import type { Span } from '../syntax/node.ts';
import { formatType } from '../types/format-type.ts';
import { accepts } from '../values/accepts.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { narrow, widener } from '../values/widen.ts';

/** Does what a node says with the values of its children, in their order. Its errors have their place. */
export type Operation = (...values: unknown[]) => unknown;

const noScope = (): never => {
  throw new Error('An operation reads a variable.');
};

/**
 * Makes the operation of a node whose children are all evaluated before it: the interpreter's own, so that generated code and
 * interpreter mean the same wherever code has no shorter way to say it.
 */
export function operationOf(node: CheckedNode): Operation {
  const direct = directly(node);
  if (direct !== null) return placing(node, direct);
  const children = checkedChildrenOf(node);
  const evaluate = compileStrict(node, (child) => {
    const place = children.indexOf(child);
    return (_, { values }) => values[place];
  });
  return (...values) => evaluate(noScope, { values, rounds: 0 });
}

/** Makes errors of an operation know their place. */
export function placing(span: Span, operation: Operation): Operation {
  const place = { start: span.start, end: span.end };
  const failed = (error: unknown): never => {
    throw placed(error, place);
  };
  switch (operation.length) {
    case 1:
      return (value) => {
        try {
          return operation(value);
        } catch (error) {
          return failed(error);
        }
      };
    case 2:
      return (left, right) => {
        try {
          return operation(left, right);
        } catch (error) {
          return failed(error);
        }
      };
    default:
      return (...values) => {
        try {
          return operation(...values);
        } catch (error) {
          return failed(error);
        }
      };
  }
}

// The work itself, where types have chosen it already.
function directly(node: CheckedNode): Operation | null {
  switch (node.kind) {
    case 'call': {
      if (node.dynamic) return null;
      const overload = overloadById(node.overloads[0]!);
      const chosen = overload.specialise?.(knownArguments(node.args)) ?? overload.evaluate;
      // A parameter with a default does not count in `length`, by which `placing` hands arguments over.
      return chosen.length === node.args.length ? chosen : (...values) => chosen(...values);
    }
    case 'arithmetic': {
      const [left, right] = [node.left.type.kind, node.right.type.kind];
      if (left === 'dyn' || right === 'dyn') return null;
      const fits = arithmetic.find((known) => {
        return known.operator === node.operator && known.left === left && known.right === right;
      });
      return fits?.evaluate ?? null;
    }
    case 'widen':
      return widener(node.operand.type, node.type) ?? ((value) => value);
    case 'narrow':
      return narrowing(node);
    default:
      return null;
  }
}

function narrowing({ type }: CheckedNode): Operation {
  return (value) => {
    if (!accepts(type, value)) throw noSuchOverload(`a value that must be ${formatType(type)}`, [value]);
    return narrow(type, value);
  };
}

function compileStrict(node: CheckedNode, compile: Compile): Evaluate {
  switch (node.kind) {
    case 'field':
      return compileField(node, compile);
    case 'index':
      return compileIndex(node, compile);
    case 'optionalField':
      return compileOptionalField(node, compile);
    case 'optionalIndex':
      return compileOptionalIndex(node, compile);
    case 'negate':
      return compileNegate(node, compile);
    case 'arithmetic':
      return compileArithmetic(node, compile);
    case 'compare':
      return compileComparison(node, compile);
    case 'equality':
      return compileEquality(node, compile);
    case 'membership':
      return compileMembership(node, compile);
    case 'call':
      return compileCall(node, compile);
    default:
      throw new Error(`A node of kind "${node.kind}" is no operation on values.`);
  }
}
