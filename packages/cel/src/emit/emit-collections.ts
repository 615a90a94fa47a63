import { code, constant, join, literal, type Code, type Hole } from '@headrace/codegen';
import type { CheckedEntry, CheckedField, CheckedNode } from '../check/checked.ts';
import { MapBuilder, hasTextKeys } from '../interpret/collections.ts';
import { asOptional } from '../interpret/optionals.ts';
import { spend } from '../values/meter.ts';
import { complex, type Emission, type Value } from './emission.ts';
import { placing } from './operation.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Emits a list literal. */
export function emitList(emission: Emission, node: Of<'list'>): Value {
  const given = constant(
    placing(node, (value) => {
      const optional = asOptional(value, '"?"');
      return optional.hasValue ? [optional.value] : [];
    }),
    'given',
  );
  const optionals = new Set(node.optionals);
  const values = emission.inOrder(
    node.elements.map((element, i) => () => {
      const value = emission.value(element);
      return optionals.has(i) ? complex(code`${given}(${value.code})`) : value;
    }),
  );
  const elements = values.map((value, i) => (optionals.has(i) ? code`...${value.code}` : value.code));
  return complex(code`[${join(elements, ', ')}]`);
}

/** Emits a map literal: an object without prototype where all keys are text, else a `Map`. */
export function emitMap(emission: Emission, node: Of<'map'>): Value {
  const names = literalKeys(node);
  if (names === null) return emitBuiltMap(emission, node);
  const values = emission.values(node.entries.map(({ value }) => value));
  const object = bare(values.map((value, i) => [names[i]!, value.code]));
  return complex(code`${constant(builtOf(node, names.length), 'built')}(${object})`);
}

// The keys, where they are different texts and every entry is there.
function literalKeys(node: Of<'map'>): readonly string[] | null {
  if (!hasTextKeys(node)) return null;
  const names = node.entries.map(({ key, optional }) => (key.kind === 'constant' && !optional ? key.value : null));
  const areText = names.every((name) => typeof name === 'string');
  return areText && new Set(names).size === names.length ? names : null;
}

function builtOf(node: CheckedNode, count: number): (map: unknown) => unknown {
  return placing(node, (map) => {
    spend(count);
    return map;
  });
}

// An object without prototype; `__proto__` in brackets is a name like any other.
function bare(entries: readonly (readonly [string, Hole])[]): Code {
  const members = entries.map(([name, value]) => code`[${literal(name)}]: ${value}`);
  return code`{ ${join([code`__proto__: null`, ...members], ', ')} }`;
}

function emitBuiltMap(emission: Emission, node: Of<'map'>): Value {
  const map = emission.temporary('map');
  emission.add(code`${map} = ${constant(newMap)}();`);
  for (const entry of node.entries) {
    const [key, value] = emission.values([entry.key, entry.value]) as [Value, Value];
    emission.add(code`${constant(adderOf(node, entry), 'add')}(${map}, ${key.code}, ${value.code});`);
  }
  const areText = hasTextKeys(node);
  const build = placing(node, (builder) => (builder as MapBuilder).build(areText));
  return complex(code`${constant(build, 'build')}(${map})`);
}

/** Makes a builder of maps. */
export function newMap(): MapBuilder {
  return new MapBuilder();
}

function adderOf(node: CheckedNode, { key: span, optional }: CheckedEntry): (...values: unknown[]) => unknown {
  return placing(node, (map, key, value) => {
    const builder = map as MapBuilder;
    const held = optional ? asOptional(value, '"?"') : null;
    if (held === null) builder.add(key, value, span);
    else if (held.hasValue) builder.add(key, held.value, span);
    else builder.check(key, span);
    return undefined;
  });
}

/** Emits the building of a record. */
export function emitRecord(emission: Emission, node: Of<'record'>): Value {
  const values = emission.inOrder(
    node.fields.map((field) => () => {
      const value = emission.value(field.value);
      return field.optional ? complex(code`${constant(heldOf(node, field), 'held')}(${value.code})`) : value;
    }),
  );
  return complex(bare(values.map((value, i) => [node.fields[i]!.name, value.code])));
}

function heldOf(node: CheckedNode, { otherwise }: CheckedField): (value: unknown) => unknown {
  return placing(node, (value) => {
    const optional = asOptional(value, '"?"');
    return optional.hasValue ? optional.value : otherwise;
  });
}
