import { Code, code, constant, join, literal, member, type Constant, type Hole } from '@headrace/codegen';
import { placed } from '../cel-error.ts';
import { pathKey } from '../check/facts.ts';
import type { CheckedNode } from '../check/checked.ts';
import { errorAt } from '../interpret/evaluate.ts';
import type { Span } from '../syntax/node.ts';
import { nonNull } from '../types/non-null.ts';
import { unboxNumber } from '../values/box.ts';
import { Optional } from '../values/optional.ts';
import { own } from '../values/own.ts';
import { complex, simple, type Emission, type Value } from './emission.ts';
import { operationOf } from './operation.ts';
import { accessPathOf, isStep, optionalPathOf } from './reads-of.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Emits a variable. */
export function emitVariable(emission: Emission, node: Of<'variable'>): Value {
  const defined = emission.definitionOf(node.name);
  return defined ?? emitRead(emission, [node.name]);
}

/** Emits the test that a value is not null; where that is known there is none. */
export function emitRequired(emission: Emission, node: Of<'required'>): Value {
  if (emission.isKnown(pathKey(node.operand))) return emission.value(node.operand);
  const operand = emission.value(node.operand);
  return complex(code`(${operand.code} ?? ${nullOperand(node)}())`);
}

/** Emits the reading of a field: of a path by the environment, else of the value that has it. */
export function emitField(emission: Emission, node: Of<'field'>): Value {
  if (emission.typed && nonNull(node.target.type).kind === 'record') {
    const path = accessPathOf(node);
    if (path !== null && emission.isAsked(path)) return emitPath(emission, node, path);
    if (!isInherited(node.name)) return complex(member(emission.value(node.target).code, node.name));
  }
  const target = emission.value(node.target);
  return complex(code`${constant(operationOf(node), `field_${node.name}`)}(${target.code})`);
}

/** Emits the reading of an element or an entry. */
export function emitIndex(emission: Emission, node: Of<'index'>): Value {
  const [target, index] = emission.values([node.target, node.index]) as [Value, Value];
  const slowly = constant(operationOf(node), 'at');
  const isPlain = emission.typed && node.target.type.kind === 'list' && node.index.type.kind === 'int';
  if (!isPlain) return complex(code`${slowly}(${target.code}, ${index.code})`);
  return kept(emission, [target, index], ([list, at]) => {
    const element = code`(${list}[${at}] ?? null)`;
    return code`(${at} >= 0 && ${at} < ${list}.length ? ${element} : ${slowly}(${list}, ${at}))`;
  });
}

/** Emits `has`: null or nothing on the way is false. */
export function emitHas(emission: Emission, node: Of<'has'>): Value {
  return complex(code`!${emitIsNull(emission, node.path, node)}`);
}

/** Emits the question whether a node is null; inside `has`, null on the way is as good as null at the end. */
export function emitIsNull(emission: Emission, node: CheckedNode, has: Span | null): Hole {
  const path = accessPathOf(node) ?? (has === null ? null : optionalPathOf(node));
  const asked = path !== null && (emission.typed || path.length === 1) && emission.definitionOf(path[0]!) === null;
  if (asked && !liesInside(emission, path)) {
    const tests = has === null ? requiredTests(emission, node) : [];
    const isNull = askNull(emission, path);
    return tests.length === 0 ? isNull : code`(${join(tests, '')}${isNull})`;
  }
  const value = has === null ? emission.value(node) : emitPresence(emission, node, has);
  return code`(${value.code} == null)`;
}

// Whether what stands at a path is a part of a value that is read whole.
function liesInside(emission: Emission, path: readonly string[]): boolean {
  return path.some((_, i) => i > 0 && emission.isAsked(path.slice(0, i)));
}

// Null is asked for without the value, unless that is there already or has to be read to tell.
function askNull(emission: Emission, path: readonly string[]): Hole {
  const { environment } = emission;
  if (!emission.isBound(pathTerm(path)) && environment.isNull !== undefined) return environment.isNull(path);
  return code`(${emitRead(emission, path).code} == null)`;
}

/** Evaluates values first, in their order, and then an expression that may use each several times. */
export function kept(emission: Emission, values: readonly Value[], use: (holes: readonly Hole[]) => Hole): Value {
  const assignments = values.flatMap((value) => {
    if (value.simple) return [];
    return [{ value, variable: emission.temporary('part') }];
  });
  const holes = values.map((value) => assignments.find((one) => one.value === value)?.variable ?? value.code);
  let sequence = code`${use(holes)}`;
  for (const { value, variable } of assignments.toReversed()) sequence = code`${variable} = ${value.code}, ${sequence}`;
  return complex(code`(${sequence})`);
}

// What is left out is null; where values are typed it is so already.
/**
 * Emits the value of an optional field, null where there is none, if the environment reads its path; null where it does not, and
 * where a null in the field would be a value.
 */
export function emitOptionalPath(emission: Emission, node: Of<'optionalField'>): Value | null {
  const path = emission.typed ? optionalPathOf(node) : null;
  const isOpen = node.type.kind !== 'optional' || node.type.of.kind === 'dyn' || node.type.of.kind === 'null';
  if (path === null || isOpen || !emission.isAsked(path) || emission.definitionOf(path[0]!) !== null) return null;
  const front = accessNodeOf(node);
  const tests = requiredTests(emission, front);
  const read = emitRead(emission, path);
  return tests.length === 0 ? read : complex(code`(${join(tests, '')}${read.code})`);
}

function accessNodeOf(node: CheckedNode): CheckedNode {
  return node.kind === 'optionalField' ? accessNodeOf(node.target) : node;
}

function emitRead(emission: Emission, path: readonly string[]): Value {
  const read = emission.readOf(path);
  if (emission.typed && !(read instanceof Code)) return simple(read);
  return emission.once(pathTerm(path), path.at(-1)!, () =>
    complex(emission.typed ? code`${read}` : code`(${read} ?? null)`),
  );
}

// Records on the way that may be null and were not tested are asked for first, from the front.
function emitPath(emission: Emission, node: CheckedNode, path: readonly string[]): Value {
  const tests = requiredTests(emission, node);
  const read = emitRead(emission, path);
  return tests.length === 0 ? read : complex(code`(${join(tests, '')}${read.code})`);
}

function requiredTests(emission: Emission, node: CheckedNode): Code[] {
  return requiredIn(emission, node).map(
    (one) => code`${emitIsNull(emission, one.operand, one)} ? ${nullOperand(one)}() : `,
  );
}

// The records of a path that have to be tested for null, the outermost first.
function requiredIn(emission: Emission, node: CheckedNode): Of<'required'>[] {
  if (node.kind === 'field') return requiredIn(emission, node.target);
  if (node.kind !== 'required') return [];
  const before = requiredIn(emission, node.operand);
  return emission.isKnown(pathKey(node.operand)) ? before : [...before, node];
}

function nullOperand(node: Of<'required'>): Constant {
  return constant(() => {
    throw errorAt(node, 'NULL_OPERAND', 'the value is null.');
  }, 'nullOperand');
}

function pathTerm(path: readonly string[]): string {
  return `path ${JSON.stringify(path)}`;
}

// Fields that every object seems to have are looked at as own properties only.
function isInherited(field: string): boolean {
  return field in Object.prototype;
}

function emitPresence(emission: Emission, node: CheckedNode, has: Span): Value {
  if (node.kind === 'required') return emitPresence(emission, node.operand, has);
  if (!isStep(node)) return emission.value(node);
  const path = emission.typed ? (accessPathOf(node) ?? optionalPathOf(node)) : null;
  if (path !== null && emission.isAsked(path) && emission.definitionOf(path[0]!) === null)
    return emitRead(emission, path);
  const target = emitPresence(emission, node.target, has);
  const isOptional = node.target.type.kind === 'optional';
  const from = isOptional ? complex(code`${constant(heldBy)}(${target.code})`) : target;
  const [record, again] = emission.twice(from, 'record');
  const isField = node.kind === 'field' || node.kind === 'optionalField';
  const entry = constant(entryOf(node, isField, has), 'entry');
  const found = emission.branch(() => {
    const key = isField ? simple(literal(node.name)) : emission.value(node.index);
    return complex(code`${entry}(${again}, ${key.code})`);
  });
  const nothing = emission.branch(() => simple(null));
  return emission.choose(code`${record} == null`, nothing, found);
}

function heldBy(found: unknown): unknown {
  return found instanceof Optional ? found.value : found;
}

// The entry of a record, map or list, or null; as the interpreter finds it for `has`.
function entryOf(node: CheckedNode, isField: boolean, has: Span): (record: unknown, given: unknown) => unknown {
  return (record, given) => {
    try {
      const key = unboxNumber(given);
      if (!isField && Array.isArray(record)) return (record[Number(key)] as unknown) ?? null;
      if (key === null || key === undefined || typeof key === 'object')
        throw errorAt(node, 'NO_SUCH_OVERLOAD', 'the key of a map must be string, int, uint or bool.');
      return own(record, key) ?? null;
    } catch (error) {
      throw placed(error, has);
    }
  };
}
