import { code, constant, join, value, type Code, type Hole } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { nonNull } from '../types/non-null.ts';
import { literalsOf, searchable } from '../interpret/literals-of.ts';
import { compareText } from '../values/text.ts';
import { complex, type Emission, type Value } from './emission.ts';
import { emitIsNull, kept } from './emit-access.ts';
import { operationOf } from './operation.ts';
import { testedByEquality } from './reads-of.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

const NUMBERS = new Set(['int', 'uint', 'double', 'timestamp', 'duration', 'bool']);

/** Emits `< <= > >=`. JavaScript compares numbers with bigints exactly, and NaN with nothing. */
export function emitComparison(emission: Emission, node: Of<'compare'>): Value {
  const [left, right] = emission.values([node.left, node.right]) as [Value, Value];
  const [a, b] = [node.left.type.kind, node.right.type.kind];
  if (NUMBERS.has(a) && NUMBERS.has(b)) return complex(compare(node.operator, left.code, right.code));
  if (a === 'string' && b === 'string') {
    return complex(compare(node.operator, code`${constant(compareText)}(${left.code}, ${right.code})`, 0));
  }
  return complex(code`${constant(operationOf(node), 'compare')}(${left.code}, ${right.code})`);
}

function compare(operator: Of<'compare'>['operator'], a: Hole, b: Hole): Code {
  switch (operator) {
    case '<':
      return code`(${a} < ${b})`;
    case '<=':
      return code`(${a} <= ${b})`;
    case '>':
      return code`(${a} > ${b})`;
    case '>=':
      return code`(${a} >= ${b})`;
  }
}

/** Emits `==` and `!=`: the question for null, what JavaScript's `===` says of flat values, else a comparison by content. */
export function emitEquality(emission: Emission, node: Of<'equality'>): Value {
  const tested = testedByEquality(node);
  if (tested !== null) {
    const isNull = emitIsNull(emission, tested, null);
    return complex(node.operator === '==' ? code`${isNull}` : code`!${isNull}`);
  }
  const operands = emission.values([node.left, node.right]) as [Value, Value];
  const how = howToCompare(node, operands);
  if (how === 'identity') {
    const [a, b] = [operands[0].code, operands[1].code];
    return complex(node.operator === '==' ? code`(${a} === ${b})` : code`(${a} !== ${b})`);
  }
  const slowly = constant(operationOf(node), 'equal');
  if (how === 'content') return complex(code`${slowly}(${operands[0].code}, ${operands[1].code})`);
  return kept(emission, operands, ([a, b]) => {
    const same = node.operator === '==' ? code`${a} === ${b}` : code`${a} !== ${b}`;
    const sides = [mayBeBig(node.left, operands[0]) ? [a] : [], mayBeBig(node.right, operands[1]) ? [b] : []].flat();
    const isBig = sides.map((side) => code`typeof ${side} === "bigint"`);
    return code`(${join(isBig, ' || ')} ? ${slowly}(${a}, ${b}) : ${same})`;
  });
}

const IDENTICAL = new Set(['string', 'bool', 'double', 'timestamp', 'duration', 'type']);

function howToCompare(
  { left, right }: Of<'equality'>,
  values: readonly [Value, Value],
): 'identity' | 'integers' | 'content' {
  const [a, b] = [nonNull(left.type).kind, nonNull(right.type).kind];
  if (IDENTICAL.has(a) && a === b) return 'identity';
  if (![a, b].every((kind) => kind === 'int' || kind === 'uint' || kind === 'double')) return 'content';
  return mayBeBig(left, values[0]) || mayBeBig(right, values[1]) ? 'integers' : 'identity';
}

function mayBeBig(node: CheckedNode, value: Value): boolean {
  return nonNull(node.type).kind !== 'double' && typeof value.known?.value !== 'number';
}

const SHORT = 8;

/** Emits `in`: a short list of literals by comparing, a long one by a set, all else by content. */
export function emitMembership(emission: Emission, node: Of<'membership'>): Value {
  const literals = literalsOf(node.right);
  if (literals === null) {
    const [left, right] = emission.values([node.left, node.right]) as [Value, Value];
    return complex(code`${constant(operationOf(node), 'isIn')}(${left.code}, ${right.code})`);
  }
  const searched = normal(node.left, emission.value(node.left), emission);
  if (literals.length > SHORT) return complex(code`${constant(new Set(literals), 'literals')}.has(${searched.code})`);
  return kept(emission, [searched], ([hole]) => {
    const tests = literals.map((literal) => code`${hole} === ${value(literal)}`);
    return tests.length === 0 ? code`(${hole}, false)` : code`(${join(tests, ' || ')})`;
  });
}

// A long may come as a bigint however small it is.
function normal(node: CheckedNode, searched: Value, emission: Emission): Value {
  const { kind } = nonNull(node.type);
  if (IDENTICAL.has(kind)) return searched;
  if (kind !== 'int' && kind !== 'uint') return complex(code`${constant(searchable)}(${searched.code})`);
  return kept(emission, [searched], ([hole]) => code`(typeof ${hole} === "bigint" ? Number(${hole}) : ${hole})`);
}
