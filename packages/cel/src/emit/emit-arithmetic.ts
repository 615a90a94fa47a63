import { code, constant, join, type Code, type Hole } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { complex, type Emission, type Value } from './emission.ts';
import { kept } from './emit-access.ts';
import { operationOf } from './operation.ts';

type ArithmeticNode = CheckedNode & { kind: 'arithmetic' };

const MOST = Number.MAX_SAFE_INTEGER;

/** Emits `+ - * / %`: doubles as they are, ints as numbers while they are safe, all else by the interpreter's operation. */
export function emitArithmetic(emission: Emission, node: ArithmeticNode): Value {
  const operands = emission.values([node.left, node.right]) as [Value, Value];
  const [left, right] = [node.left.type.kind, node.right.type.kind];
  if (left === 'double' && right === 'double') return complex(doubles(node, operands[0].code, operands[1].code));
  const slowly = constant(operationOf(node), NAMES[node.operator]);
  if (left === 'int' && right === 'int') {
    return kept(emission, operands, ([a, b]) => ints(emission, node, operands, a, b, code`${slowly}(${a}, ${b})`));
  }
  return complex(code`${slowly}(${operands[0].code}, ${operands[1].code})`);
}

/** Emits the minus sign. */
export function emitNegate(emission: Emission, node: CheckedNode & { kind: 'negate' }): Value {
  const operand = emission.value(node.operand);
  if (node.type.kind === 'double') return complex(code`(-${operand.code})`);
  if (node.type.kind === 'duration') return complex(code`(0 - ${operand.code})`);
  const slowly = constant(operationOf(node), 'negate');
  if (node.type.kind !== 'int') return complex(code`${slowly}(${operand.code})`);
  return kept(emission, [operand], ([hole]) => code`(typeof ${hole} === "number" ? 0 - ${hole} : ${slowly}(${hole}))`);
}

const NAMES = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'modulo' } as const;

function doubles({ operator }: ArithmeticNode, a: Hole, b: Hole): Code {
  switch (operator) {
    case '+':
      return code`(${a} + ${b})`;
    case '-':
      return code`(${a} - ${b})`;
    case '*':
      return code`(${a} * ${b})`;
    default:
      return code`(${a} / ${b})`;
  }
}

// An int is a number while it is safe: only a result that is not, or a bigint, takes the slow way.
function ints(
  emission: Emission,
  node: ArithmeticNode,
  [left, right]: readonly [Value, Value],
  a: Hole,
  b: Hole,
  slowly: Code,
): Code {
  const open = [isNumber(left) ? [] : [a], isNumber(right) ? [] : [b]].flat();
  const areNumbers = open.map((hole) => code`typeof ${hole} === "number"`);
  if (node.operator === '/' || node.operator === '%') {
    const tests = isNumber(right) && right.known?.value !== 0 ? areNumbers : [...areNumbers, code`${b} !== 0`];
    const result = node.operator === '%' ? code`${a} % ${b} + 0` : code`(${a} - ${a} % ${b}) / ${b} + 0`;
    return code`(${join(tests, ' && ')} ? ${result} : ${slowly})`;
  }
  const result = emission.temporary('result');
  const computed = doubles(node, a, b);
  const tests = [...areNumbers, code`(${result} = ${computed}) <= ${MOST}`, code`${result} >= ${-MOST}`];
  const whole = node.operator === '*' ? code`${result} + 0` : code`${result}`;
  return code`(${join(tests, ' && ')} ? ${whole} : ${slowly})`;
}

function isNumber(value: Value): boolean {
  return typeof value.known?.value === 'number';
}
