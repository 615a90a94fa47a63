import type { CheckedNode } from '../check/checked.ts';
import { errorAt, type Compile, type Evaluate } from './evaluate.ts';

/** Compiles a list literal. */
export function compileList(node: CheckedNode & { kind: 'list' }, compile: Compile): Evaluate {
  const elements = node.elements.map(compile);
  return (scope, locals) => elements.map((element) => element(scope, locals));
}

/** Compiles a map literal: an object without prototype where all keys are text, else a `Map`. */
export function compileMap(node: CheckedNode & { kind: 'map' }, compile: Compile): Evaluate {
  const entries = node.entries.map(({ key, value }) => ({ key: compile(key), value: compile(value), span: key }));
  const areText = node.entries.every(({ key }) => key.type.kind === 'string');
  return (scope, locals) => {
    const map = new Map<unknown, unknown>();
    for (const { key, value, span } of entries) {
      const name = key(scope, locals);
      if (!['string', 'number', 'bigint', 'boolean'].includes(typeof name)) {
        throw errorAt(span, 'NO_SUCH_OVERLOAD', 'a key of a map must be string, int, uint or bool.');
      }
      if (map.has(name)) throw errorAt(span, 'DUPLICATE_KEY', 'a key of the map stands twice.');
      map.set(name, value(scope, locals));
    }
    return areText ? toObject(map) : map;
  };
}

function toObject(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of map) object[name as string] = value;
  return object;
}
