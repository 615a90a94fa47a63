import { code, constant, type Hole } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { asOptional } from '../interpret/optionals.ts';
import { Optional } from '../values/optional.ts';
import { complex, simple, type Emission, type Value } from './emission.ts';
import { emitOptionalPath } from './emit-access.ts';
import { operationOf, placing, type Operation } from './operation.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Emits `a.?b` and `a[?i]`: of a path by the environment, else of the value that has it. */
export function emitOptionalStep(emission: Emission, node: Of<'optionalField' | 'optionalIndex'>): Value {
  const held = node.kind === 'optionalField' ? emitOptionalPath(emission, node) : null;
  if (held !== null) return complex(code`${constant(ofNullable)}(${held.code})`);
  if (node.kind === 'optionalField') {
    const target = emission.value(node.target);
    return complex(code`${constant(operationOf(node), 'optional')}(${target.code})`);
  }
  const [target, index] = emission.values([node.target, node.index]) as [Value, Value];
  return complex(code`${constant(operationOf(node), 'optional')}(${target.code}, ${index.code})`);
}

/** Emits `or` and `orValue`: the right side only where the left one is empty. */
export function emitOptionalOr(emission: Emission, node: Of<'optionalOr'>): Value {
  const isValue = node.gives === 'value';
  const check = constant(optionalOf(node, isValue ? '"orValue"' : '"or"'), 'optional');
  const held = emission.temporary('optional');
  const left = emission.value(node.left);
  const test = code`(${held} = ${check}(${left.code})).hasValue`;
  const given = emission.branch(() => (isValue ? complex(code`${held}.value`) : simple(held)));
  const other = emission.branch(() => {
    const right = emission.value(node.right);
    return isValue ? right : complex(code`${check}(${right.code})`);
  });
  return emission.choose(test, given, other);
}

/** Emits `optMap` and `optFlatMap`. */
export function emitOptionalMap(emission: Emission, node: Of<'optionalMap'>): Value {
  const check = constant(optionalOf(node, node.flat ? '"optFlatMap"' : '"optMap"'), 'optional');
  const held = emission.temporary('optional');
  const target = emission.value(node.target);
  const test = code`(${held} = ${check}(${target.code})).hasValue`;
  const local = emission.addLocal(node.slot, 'held');
  const given = emission.branch(() => {
    emission.add(code`${local} = ${held}.value;`);
    const body = emission.value(node.body).code;
    const wrap: Hole = node.flat ? check : constant(holding);
    return complex(code`${wrap}(${body})`);
  });
  const nothing = emission.branch(() => simple(constant(Optional.none, 'none')));
  return emission.choose(test, given, nothing);
}

/** Makes what fails where a value of type dyn is no optional. */
function optionalOf(node: CheckedNode, what: string): Operation {
  return placing(node, (value) => asOptional(value, what));
}

function holding(value: unknown): Optional {
  return Optional.of(value);
}

function ofNullable(value: unknown): Optional {
  return value === null || value === undefined ? Optional.none : Optional.of(value);
}
