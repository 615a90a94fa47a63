import { code, constant, join, type Hole } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { complex, type Emission, type Value } from './emission.ts';
import { operationOf } from './operation.ts';

type CallNode = CheckedNode & { kind: 'call' };

/** Emits a call: short ones in place, where the types have chosen the overload, all others of the implementation. */
export function emitCall(emission: Emission, node: CallNode): Value {
  const args = emission.values(node.args).map((argument) => argument.code);
  const inline = node.dynamic || !emission.typed ? undefined : INLINE.get(node.overloads[0]!);
  if (inline !== undefined) return complex(code`${inline(args[0]!, args[1])}`);
  return complex(code`${constant(operationOf(node), node.name)}(${join(args, ', ')})`);
}

type Inline = (first: Hole, second: Hole) => Hole;

const length: Inline = (list) => code`${list}.length`;

// What is neither longer nor slower in place, and cannot fail.
const INLINE: ReadonlyMap<string, Inline> = new Map<string, Inline>([
  ['.startsWith(string,string)', (text, part) => code`${text}.startsWith(${part})`],
  ['.endsWith(string,string)', (text, part) => code`${text}.endsWith(${part})`],
  ['.contains(string,string)', (text, part) => code`${text}.includes(${part})`],
  ['size(list(dyn))', length],
  ['.size(list(dyn))', length],
  ['size(bytes)', length],
  ['.size(bytes)', length],
  ['double(int)', (int) => code`Number(${int})`],
  ['double(double)', (double) => double],
]);
