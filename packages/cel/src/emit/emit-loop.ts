import { code, constant, type Code, type Hole } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import { errorAt } from '../interpret/evaluate.ts';
import { noSuchOverload } from '../values/kind-of-value.ts';
import { spend } from '../values/meter.ts';
import { isRecord, keysOf, own } from '../values/own.ts';
import { block, simple, type Emission } from './emission.ts';
import { placing, type Operation } from './operation.ts';

type ComprehensionNode = CheckedNode & { kind: 'comprehension' };

/** Puts what may fail in a round into its place. */
export type Wrap = (body: Code) => Code;

/** Names what a round of a macro is about. */
export interface Round {
  /** The element of a list; of a map its value, or its key where the macro has one variable. */
  readonly item: Hole;
  /** The number of an element, or the key of an entry. */
  readonly key: Hole;
}

/** Emits the loop of a macro over the elements of a list or the entries of a map; `before` comes when the range is there. */
export function emitLoop(
  emission: Emission,
  node: ComprehensionNode,
  before: readonly Code[],
  wrap: Wrap,
  emitBody: (round: Round) => void,
): void {
  const items = emission.temporary('items');
  const index = emission.temporary('index');
  const isList = emission.typed && node.range.type.kind === 'list';
  const range = emission.value(node.range).code;
  emission.add(isList ? code`${items} = ${range};` : code`${items} = ${constant(itemsOf(node), 'itemsOf')}(${range});`);
  for (const statement of before) emission.add(statement);
  const { round, steps, count } = isList
    ? listRound(emission, node, items, index)
    : openRound(emission, node, items, index);
  const { statements } = emission.loop(() => {
    emitBody(round);
    return simple(null);
  });
  const outOfRounds = constant(() => {
    throw errorAt(node, 'STEP_LIMIT', 'the macros of the expression take too many rounds.');
  }, 'outOfRounds');
  emission.add(code`
    for (${index} = 0; ${index} < ${count}; ${index}++) {
      if (--${emission.rounds()} < 0) ${outOfRounds}();
      ${block(steps)}
      ${wrap(block(statements))}
    }
  `);
}

interface Steps {
  readonly round: Round;
  readonly steps: readonly Code[];
  readonly count: Code;
}

function listRound(emission: Emission, node: ComprehensionNode, items: Hole, index: Hole): Steps {
  const item = emission.addLocal(node.second ?? node.slot, 'item');
  const key = node.second === null ? index : emission.addLocal(node.slot, 'key');
  const steps = [
    code`${item} = ${items}[${index}] ?? null;`,
    ...(node.second === null ? [] : [code`${key} = ${index};`]),
  ];
  return { round: { item, key }, steps, count: code`${items}.length` };
}

function openRound(emission: Emission, node: ComprehensionNode, items: Hole, index: Hole): Steps {
  const key = node.second === null ? emission.temporary('key') : emission.addLocal(node.slot, 'key');
  const item = emission.addLocal(node.second ?? node.slot, 'item');
  const steps = [
    code`${key} = ${items}.keys === null ? ${index} : ${items}.keys[${index}];`,
    code`${item} = ${items}.values === null ? ${key} : ${items}.values[${index}] ?? null;`,
  ];
  return { round: { item, key }, steps, count: code`${items}.count` };
}

/** The keys of a map, null for the numbers of a list; the values, null where only keys are asked for. */
interface Items {
  readonly keys: readonly unknown[] | null;
  readonly values: readonly unknown[] | null;
  readonly count: number;
}

function itemsOf({ range, macro, second }: ComprehensionNode): Operation {
  return placing(range, (value): Items => {
    if (Array.isArray(value)) return { keys: null, values: value as unknown[], count: value.length };
    if (!isRecord(value) || macro === 'sortBy') throw noSuchOverload(`"${macro}"`, [value]);
    const keys = keysOf(value);
    spend(keys.length);
    return { keys, values: second === null ? null : keys.map((key) => own(value, key)), count: keys.length };
  });
}
