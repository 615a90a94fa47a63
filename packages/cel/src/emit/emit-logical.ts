import { code, constant, join, name, type Code, type Hole } from '@headrace/codegen';
import { CelError, isLimit, placed } from '../cel-error.ts';
import type { CheckedNode } from '../check/checked.ts';
import { factsOf } from '../check/facts.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { block, complex, simple, type Emission, type Value } from './emission.ts';
import { conditionMayFail } from './may-fail.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Emits a condition: of type dyn, it is looked at. */
export function emitCondition(emission: Emission, node: CheckedNode): Value {
  const value = emission.value(node);
  if (node.type.kind !== 'dyn') return value;
  return complex(code`${constant(boolOf(node), 'bool')}(${value.code})`);
}

/** Emits `!`. */
export function emitNot(emission: Emission, node: Of<'not'>): Value {
  return complex(code`!${emitCondition(emission, node.operand).code}`);
}

/** Emits a conditional; only one arm is evaluated. */
export function emitConditional(emission: Emission, node: Of<'conditional'>): Value {
  const test = emitCondition(emission, node.test);
  // The test is kept where an arm's statements would come between.
  const certain = !conditionMayFail(emission, node.test);
  const whenTrue = emission.branch(() => emission.value(node.whenTrue), certain ? factsOf(node.test, true) : []);
  const whenFalse = emission.branch(() => emission.value(node.whenFalse), certain ? factsOf(node.test, false) : []);
  return emission.choose(test.code, whenTrue, whenFalse);
}

/** Emits `&&` and `||`: as JavaScript's where no operand but the last can fail, else so that one that decides wins over an error. */
export function emitLogical(emission: Emission, node: Of<'logical'>): Value {
  const absorbs = node.operands
    .slice(0, -1)
    .some((_, i) => conditionMayFail(emission, node.operands[i]!, learned(node, i)));
  return absorbs ? emitAbsorbing(emission, node) : emitPlain(emission, node);
}

// What the operands before one say when it is evaluated, none of which can have failed.
function learned(node: Of<'logical'>, index: number): string[] {
  return node.operands.slice(0, index).flatMap((operand) => [...factsOf(operand, node.operator === '&&')]);
}

function emitPlain(emission: Emission, node: Of<'logical'>): Value {
  const separator = node.operator === '&&' ? ' && ' : ' || ';
  let all: Value = truthOf(emission, node.operands[0]!, emitCondition(emission, node.operands[0]!));
  for (const [index, operand] of node.operands.entries()) {
    if (index === 0) continue;
    const next = emission.branch(
      () => truthOf(emission, operand, emitCondition(emission, operand)),
      learned(node, index),
    );
    if (next.statements.length === 0) {
      all = complex(join([all.code, next.value.code], separator));
      continue;
    }
    const decided = emission.temporary('decided');
    emission.add(code`${decided} = ${all.code};`);
    emission.add(code`
      if (${node.operator === '&&' ? decided : code`!${decided}`}) {
        ${block([...next.statements, code`${decided} = ${next.value.code};`])}
      }
    `);
    all = simple(decided);
  }
  return all.simple ? all : complex(code`(${all.code})`);
}

function emitAbsorbing(emission: Emission, node: Of<'logical'>): Value {
  const decided = emission.temporary('decided');
  const failed = emission.temporary('failed');
  const decides = node.operator === '||';
  emission.add(code`${decided} = ${!decides};`);
  emission.add(code`${failed} = null;`);
  let [certain, isFirst] = [true, true];
  const facts: string[] = [];
  for (const operand of node.operands) {
    const fails = conditionMayFail(emission, operand, facts);
    const { statements, value } = emission.branch(
      () => truthOf(emission, operand, emitCondition(emission, operand)),
      facts,
    );
    const assigned = block([...statements, code`${decided} = ${value.code};`]);
    const step = fails ? absorbed(assigned, failed) : assigned;
    const open = decides ? code`!${decided}` : decided;
    emission.add(
      isFirst
        ? step
        : code`
      if (${open}) {
        ${step}
      }
    `,
    );
    isFirst = false;
    // After an operand that may have failed, what it tests is not known.
    certain &&= !fails;
    if (certain) facts.push(...factsOf(operand, !decides));
  }
  emission.add(code`if (${failed} !== null && ${decides ? code`!${decided}` : decided}) throw ${failed};`);
  return simple(decided);
}

/** Runs statements so that an error is kept for later, the first of several. */
export function absorbed(statements: Code, failed: Hole): Code {
  const error = name('error');
  return code`
    try {
      ${statements}
    } catch (${error}) {
      ${failed} = ${constant(keepFirst)}(${failed}, ${error});
    }
  `;
}

// What costs too much is not absorbed.
function keepFirst(first: CelError | null, error: unknown): CelError {
  if (!(error instanceof CelError) || isLimit(error)) throw error;
  return first ?? error;
}

// A value that was left out is no bool, and no condition holds with it.
function truthOf(emission: Emission, node: CheckedNode, value: Value): Value {
  const isBool = emission.typed || node.type.kind === 'dyn' || COMPUTED.has(node.kind) || node.kind === 'call';
  return isBool ? value : complex(code`${value.code} === true`);
}

const COMPUTED: ReadonlySet<CheckedNode['kind']> = new Set([
  'constant',
  'not',
  'has',
  'logical',
  'compare',
  'equality',
  'membership',
  'comprehension',
]);

function boolOf(node: CheckedNode): (value: unknown) => boolean {
  return (value) => {
    if (typeof value === 'boolean') return value;
    throw placed(noSuchOverload('a condition', [value]), node);
  };
}
