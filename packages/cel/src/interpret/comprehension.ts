import type { CheckedNode } from '../check/checked.ts';
import { CelError, isLimit } from '../cel-error.ts';
import { compareKeys } from '../values/compare.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { spend } from '../values/meter.ts';
import { isRecord, keysOf, own } from '../values/own.ts';
import { MapBuilder, hasTextKeys } from './collections.ts';
import { errorAt, located, type Compile, type Evaluate, type Locals, type Scope } from './evaluate.ts';
import { compileCondition } from './logical.ts';

type ComprehensionNode = CheckedNode & { kind: 'comprehension' };

/** Calls back for every element or entry, with the variables of the macro set; stops where that gives false. */
type Rounds = (scope: Scope, locals: Locals, visit: (item: unknown, key: unknown) => boolean) => void;

/** Compiles the macros over the elements of a list or the entries of a map. */
export function compileComprehension(node: ComprehensionNode, compile: Compile): Evaluate {
  const rounds = compileRounds(node, compile);
  const condition = node.condition === null ? null : compileCondition(node.condition, compile);
  const transform = node.transform === null ? null : compile(node.transform);
  switch (node.macro) {
    case 'all':
    case 'exists':
      return quantified(rounds, condition!, node.macro === 'exists');
    case 'exists_one':
      return existsOne(rounds, condition!);
    case 'filter':
      return collected(rounds, condition, null);
    case 'map':
    case 'transformList':
      return collected(rounds, condition, transform);
    case 'sortBy':
      return sorted(node, rounds, transform!);
    case 'transformMap':
      return located(node, mapped(node, rounds, condition, transform!));
    case 'transformMapEntry':
      return located(node, merged(node, rounds, condition, transform!));
  }
}

function compileRounds(node: ComprehensionNode, compile: Compile): Rounds {
  const range = located(node.range, itemsOf(node, compile));
  const { slot, second } = node;
  return (scope, locals, visit) => {
    const { keys, values } = range(scope, locals) as Items;
    const count = (values ?? keys!).length;
    for (let i = 0; i < count; i++) {
      if (--locals.rounds < 0) throw errorAt(node, 'STEP_LIMIT', 'the macros of the expression take too many rounds.');
      const key = keys === null ? i : keys[i];
      const item = values === null ? key : (values[i] ?? null);
      locals.values[slot] = second === null ? item : key;
      if (second !== null) locals.values[second] = item;
      if (!visit(item, key)) return;
    }
  };
}

/** The keys of a map, null for the numbers of a list; the values, null where only keys are asked for. */
interface Items {
  readonly keys: readonly unknown[] | null;
  readonly values: readonly unknown[] | null;
}

function itemsOf(node: ComprehensionNode, compile: Compile): Evaluate {
  const range = compile(node.range);
  const { second, macro } = node;
  return (scope, locals): Items => {
    const value = range(scope, locals);
    if (Array.isArray(value)) return { keys: null, values: value as unknown[] };
    if (!isRecord(value) || macro === 'sortBy') throw noSuchOverload(`"${macro}"`, [value]);
    const keys = keysOf(value);
    spend(keys.length);
    return { keys, values: second === null ? null : keys.map((key) => own(value, key)) };
  };
}

// As a chain of && or || over the elements: one that decides wins over an error.
function quantified(rounds: Rounds, condition: Evaluate, decides: boolean): Evaluate {
  return (scope, locals) => {
    let first: CelError | null = null;
    let isDecided = false;
    rounds(scope, locals, () => {
      try {
        isDecided = (condition(scope, locals) === true) === decides;
      } catch (error) {
        if (!(error instanceof CelError) || isLimit(error)) throw error;
        first ??= error;
      }
      return !isDecided;
    });
    if (isDecided) return decides;
    if (first !== null) throw first as CelError;
    return !decides;
  };
}

function existsOne(rounds: Rounds, condition: Evaluate): Evaluate {
  return (scope, locals) => {
    let count = 0;
    rounds(scope, locals, () => {
      if (condition(scope, locals) === true) count++;
      return true;
    });
    return count === 1;
  };
}

function collected(rounds: Rounds, condition: Evaluate | null, transform: Evaluate | null): Evaluate {
  return (scope, locals) => {
    const results: unknown[] = [];
    rounds(scope, locals, (item) => {
      if (condition === null || condition(scope, locals) === true) {
        results.push(transform === null ? item : transform(scope, locals));
      }
      return true;
    });
    return results;
  };
}

function sorted(node: ComprehensionNode, rounds: Rounds, key: Evaluate): Evaluate {
  const { type } = node.transform!;
  return located(node, (scope, locals) => {
    const items: { item: unknown; key: unknown }[] = [];
    rounds(scope, locals, (item) => items.push({ item, key: key(scope, locals) }) > 0);
    return items.sort((a, b) => compareKeys(type, a.key, b.key)).map(({ item }) => item);
  });
}

function mapped(node: ComprehensionNode, rounds: Rounds, condition: Evaluate | null, transform: Evaluate): Evaluate {
  const areText = hasTextKeys(node);
  return (scope, locals) => {
    const map = new MapBuilder();
    rounds(scope, locals, (_, key) => {
      if (condition === null || condition(scope, locals) === true) map.add(key, transform(scope, locals), node);
      return true;
    });
    return map.build(areText);
  };
}

function merged(node: ComprehensionNode, rounds: Rounds, condition: Evaluate | null, transform: Evaluate): Evaluate {
  const areText = hasTextKeys(node);
  return (scope, locals) => {
    const map = new MapBuilder();
    rounds(scope, locals, () => {
      if (condition !== null && condition(scope, locals) !== true) return true;
      const entries = transform(scope, locals);
      if (!isRecord(entries)) throw noSuchOverload('"transformMapEntry"', [entries]);
      for (const key of keysOf(entries)) map.add(key, own(entries, key), node.transform!);
      return true;
    });
    return map.build(areText);
  };
}
