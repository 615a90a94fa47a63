import type { CheckedNode } from '../check/checked.ts';
import type { Span } from '../syntax/node.ts';
import { unboxNumber } from '../values/box.ts';
import { spend } from '../values/meter.ts';
import { errorAt, located, type Compile, type Evaluate } from './evaluate.ts';
import { asOptional } from './optionals.ts';

type Of<Kind extends CheckedNode['kind']> = CheckedNode & { kind: Kind };

/** Compiles a list literal. */
export function compileList(node: Of<'list'>, compile: Compile): Evaluate {
  const elements = node.elements.map(compile);
  const optionals = new Set(node.optionals);
  if (optionals.size === 0) return (scope, locals) => elements.map((element) => element(scope, locals));
  return located(node, (scope, locals) => {
    const list: unknown[] = [];
    for (const [i, element] of elements.entries()) {
      const value = element(scope, locals);
      if (!optionals.has(i)) list.push(value);
      else {
        const optional = asOptional(value, '"?"');
        if (optional.hasValue) list.push(optional.value);
      }
    }
    return list;
  });
}

/** Compiles a map literal. */
export function compileMap(node: Of<'map'>, compile: Compile): Evaluate {
  const entries = node.entries.map(({ key, value, optional }) => {
    return { key: compile(key), value: compile(value), optional, span: key };
  });
  const areText = hasTextKeys(node);
  return located(node, (scope, locals) => {
    const map = new MapBuilder();
    for (const { key, value, optional, span } of entries) {
      const name = key(scope, locals);
      const given = value(scope, locals);
      const held = optional ? asOptional(given, '"?"') : null;
      if (held === null) map.add(name, given, span);
      else if (held.hasValue) map.add(name, held.value, span);
      else map.check(name, span);
    }
    return map.build(areText);
  });
}

/** Tells whether a map that is built is an object; its keys are text then. */
export function hasTextKeys({ type }: CheckedNode): boolean {
  return type.kind === 'map' && type.key.kind === 'string';
}

/** Collects the entries of a map that is built, and refuses keys that stand twice or cannot be keys. */
export class MapBuilder {
  readonly #map = new Map<unknown, unknown>();

  add(key: unknown, value: unknown, span: Span): void {
    const name = this.check(key, span);
    if (this.#map.has(name)) throw errorAt(span, 'DUPLICATE_KEY', 'a key of the map stands twice.');
    this.#map.set(name, value);
  }

  /** Gives the key as it is held: 1, 1u and the bigint of 1 are the same key. */
  check(key: unknown, span: Span): string | number | bigint | boolean {
    const name = unboxNumber(key);
    switch (typeof name) {
      case 'string':
      case 'boolean':
        return name;
      case 'bigint':
        return Number.isSafeInteger(Number(name)) ? Number(name) : name;
      case 'number':
        if (Number.isInteger(name)) return name;
    }
    throw errorAt(span, 'NO_SUCH_OVERLOAD', 'a key of a map must be string, int, uint or bool.');
  }

  /** Gives the map: an object without prototype where all keys are text, else a `Map`. */
  build(areText: boolean): object {
    spend(this.#map.size);
    if (!areText) return this.#map;
    const object = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of this.#map) object[name as string] = value;
    return object;
  }
}

/** Compiles the building of a record. */
export function compileRecord(node: Of<'record'>, compile: Compile): Evaluate {
  const fields = node.fields.map((field) => ({ ...field, evaluate: compile(field.value) }));
  return located(node, (scope, locals) => {
    const record = Object.create(null) as Record<string, unknown>;
    for (const { name, evaluate, optional, otherwise } of fields) {
      const value = evaluate(scope, locals);
      const held = optional ? asOptional(value, '"?"') : null;
      record[name] = held === null ? value : held.hasValue ? held.value : otherwise;
    }
    return record;
  });
}
