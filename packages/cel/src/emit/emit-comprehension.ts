import { code, constant, type Code, type Name } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { hasTextKeys, type MapBuilder } from '../interpret/collections.ts';
import { compareKeys } from '../values/compare.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { isRecord, keysOf, own } from '../values/own.ts';
import { block, complex, simple, type Emission, type Value } from './emission.ts';
import { newMap } from './emit-collections.ts';
import { absorbed, emitCondition } from './emit-logical.ts';
import { emitLoop, type Round, type Wrap } from './emit-loop.ts';
import { conditionMayFail } from './may-fail.ts';
import { placing, type Operation } from './operation.ts';

type ComprehensionNode = CheckedNode & { kind: 'comprehension' };

/** Emits a macro as a loop whose rounds are counted. */
export function emitComprehension(emission: Emission, node: ComprehensionNode): Value {
  switch (node.macro) {
    case 'all':
    case 'exists':
      return emitQuantifier(emission, node);
    case 'exists_one': {
      const count = emitSelection(
        emission,
        node,
        code`0`,
        () => simple(null),
        (result) => code`${result}++;`,
      );
      return complex(code`(${count} === 1)`);
    }
    case 'sortBy': {
      const pair = ({ item }: Round): Value => {
        const key = emission.value(node.transform!);
        return complex(code`{ item: ${item}, key: ${key.code} }`);
      };
      const pairs = emitSelection(emission, node, code`[]`, pair, pushed);
      return complex(code`${constant(sorterOf(node), 'sorted')}(${pairs})`);
    }
    case 'transformMap':
    case 'transformMapEntry':
      return emitMapped(emission, node);
    default: {
      const taken = ({ item }: Round): Value =>
        node.transform === null ? simple(item) : emission.value(node.transform);
      return simple(emitSelection(emission, node, code`[]`, taken, pushed));
    }
  }
}

// As a chain of && or || over the elements: one that decides wins over an error.
function emitQuantifier(emission: Emission, node: ComprehensionNode): Value {
  const decides = node.macro === 'exists';
  const decided = emission.temporary(node.macro);
  const failed = emission.temporary('failed');
  const absorbs = conditionMayFail(emission, node.condition!);
  const wrap: Wrap = absorbs ? (body) => absorbed(body, failed) : (body) => body;
  const before = [code`${decided} = ${!decides};`, ...(absorbs ? [code`${failed} = null;`] : [])];
  emitLoop(emission, node, before, wrap, () => {
    const condition = emitCondition(emission, node.condition!).code;
    const test = decides ? code`${condition} === true` : code`${condition} !== true`;
    emission.add(code`
      if (${test}) {
        ${decided} = ${decides};
        break;
      }
    `);
  });
  if (absorbs) emission.add(code`if (${failed} !== null && ${decided} !== ${decides}) throw ${failed};`);
  return simple(decided);
}

type Take = (result: Name, value: Value, round: Round) => Code;

const pushed: Take = (result, value) => code`${result}.push(${value.code});`;

// Goes through the elements and takes what a condition lets through.
function emitSelection(
  emission: Emission,
  node: ComprehensionNode,
  empty: Code,
  emitTaken: (round: Round) => Value,
  take: Take,
): Name {
  const result = emission.temporary('selected');
  emitLoop(
    emission,
    node,
    [code`${result} = ${empty};`],
    (body) => body,
    (round) => {
      const condition = node.condition === null ? null : emitCondition(emission, node.condition).code;
      const { statements, value } = emission.branch(() => emitTaken(round));
      const steps = [...statements, take(result, value, round)];
      if (condition === null) for (const step of steps) emission.add(step);
      else
        emission.add(code`
        if (${condition} === true) {
          ${block(steps)}
        }
      `);
    },
  );
  return result;
}

function sorterOf(node: ComprehensionNode): Operation {
  const { type } = node.transform!;
  return placing(node, (pairs) => {
    const items = pairs as { item: unknown; key: unknown }[];
    return items.sort((a, b) => compareKeys(type, a.key, b.key)).map(({ item }) => item);
  });
}

function emitMapped(emission: Emission, node: ComprehensionNode): Value {
  const areText = hasTextKeys(node);
  const isMerge = node.macro === 'transformMapEntry';
  const add = constant(isMerge ? mergerOf(node) : adderOf(node), 'add');
  const transform = (): Value => emission.value(node.transform!);
  const map = emitSelection(emission, node, code`${constant(newMap)}()`, transform, (result, value, { key }) => {
    return isMerge ? code`${add}(${result}, ${value.code});` : code`${add}(${result}, ${key}, ${value.code});`;
  });
  const build = placing(node, (builder) => (builder as MapBuilder).build(areText));
  return complex(code`${constant(build, 'build')}(${map})`);
}

function adderOf(node: ComprehensionNode): (map: MapBuilder, key: unknown, value: unknown) => void {
  return (map, key, value) => map.add(key, value, node);
}

function mergerOf(node: ComprehensionNode): Operation {
  return placing(node, (map, entries) => {
    if (!isRecord(entries)) throw noSuchOverload('"transformMapEntry"', [entries]);
    for (const key of keysOf(entries)) (map as MapBuilder).add(key, own(entries, key), node.transform!);
    return undefined;
  });
}
