import { code, constant } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { block, complex, simple, type Emission, type Value } from './emission.ts';
import { absorbed } from './emit-logical.ts';
import { mayFail } from './may-fail.ts';

/** Emits a variable of a macro, of `cel.bind` or of `optMap`. */
export function emitLocal(emission: Emission, node: CheckedNode & { kind: 'local' }): Value {
  const { variable, failed } = emission.localAt(node.slot);
  if (failed === null) return simple(variable);
  return complex(code`(${failed} === null ? ${variable} : ${constant(rethrow)}(${failed}))`);
}

/** Emits `cel.bind`: its value is evaluated once, before the body, and what fails there fails where it is read. */
export function emitBind(emission: Emission, node: CheckedNode & { kind: 'bind' }): Value {
  if (!mayFail(emission, node.value)) {
    const value = emission.value(node.value);
    const variable = emission.addLocal(node.slot, 'bound');
    emission.add(code`${variable} = ${value.code};`);
    return emission.value(node.body);
  }
  const failed = emission.temporary('failed');
  const { statements, value } = emission.branch(() => emission.value(node.value));
  const variable = emission.addLocal(node.slot, 'bound', failed);
  emission.add(code`${failed} = null;`);
  emission.add(absorbed(block([...statements, code`${variable} = ${value.code};`]), failed));
  return emission.value(node.body);
}

function rethrow(error: unknown): never {
  throw error;
}
