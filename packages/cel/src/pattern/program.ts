import { limits } from '../limits.ts';
import type { CodePointSet } from './code-point-set.ts';
import { invalidPattern } from './invalid-pattern.ts';
import type { Assertion, Pattern } from './parse-pattern.ts';

/** Describes one step of the automaton of a pattern; a target is the number of another step. */
export type Instruction =
  | { readonly op: 'set'; readonly set: CodePointSet; readonly next: number }
  | { readonly op: 'assert'; readonly assertion: Assertion; readonly next: number }
  /** The targets stand in the order of preference. */
  | { readonly op: 'split'; readonly nexts: readonly number[] }
  /** Notes the place in a slot: two for each group, where it begins and where it ends. */
  | { readonly op: 'save'; readonly slot: number; readonly next: number }
  | { readonly op: 'match' };

/** Holds the automaton of a pattern. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  readonly groups: number;
}

/** Turns a pattern into Thompson's automaton, built from the end so that every target is known. */
export function programOf({ tree, groups }: { tree: Pattern; groups: number }): Program {
  const instructions: Instruction[] = [{ op: 'match' }];
  const start = build(tree, 0, instructions);
  return { instructions, start, groups };
}

function add(instruction: Instruction, instructions: Instruction[]): number {
  if (instructions.length >= limits.pattern) throw invalidPattern('it is too large');
  return instructions.push(instruction) - 1;
}

function build(pattern: Pattern, next: number, instructions: Instruction[]): number {
  switch (pattern.kind) {
    case 'set':
      return add({ op: 'set', set: pattern.set, next }, instructions);
    case 'assertion':
      return add({ op: 'assert', assertion: pattern.assertion, next }, instructions);
    case 'sequence':
      return pattern.items.reduceRight((target, item) => build(item, target, instructions), next);
    case 'choice':
      return add({ op: 'split', nexts: pattern.items.map((item) => build(item, next, instructions)) }, instructions);
    case 'group': {
      const end = add({ op: 'save', slot: 2 * pattern.index + 1, next }, instructions);
      return add({ op: 'save', slot: 2 * pattern.index, next: build(pattern.item, end, instructions) }, instructions);
    }
    case 'repeat':
      return buildRepeat(pattern, next, instructions);
  }
}

type Repeat = Pattern & { kind: 'repeat' };

function buildRepeat(pattern: Repeat, next: number, instructions: Instruction[]): number {
  const { item, min, max, lazy } = pattern;
  let target = next;
  let copies = min;
  if (max !== null) {
    for (let i = min; i < max; i++) {
      const inner = build(item, target, instructions);
      target = add({ op: 'split', nexts: prefer(inner, next, lazy) }, instructions);
    }
  } else if (min > 0 || canBeEmpty(item)) {
    target = buildLoop(pattern, next, instructions);
    if (min === 0) return add({ op: 'split', nexts: prefer(target, next, lazy) }, instructions);
    copies = min - 1;
  } else {
    const nexts: number[] = [];
    target = add({ op: 'split', nexts }, instructions);
    nexts.push(...prefer(build(item, target, instructions), next, lazy));
  }
  for (let i = 0; i < copies; i++) {
    const before = target;
    target = build(item, target, instructions);
    // Repeating nothing at all a thousand times, and that a thousand times, would never end.
    if (target === before) break;
  }
  return target;
}

// `x+`: once, and then again or on. What can be empty is repeated so, too: a round that reads nothing ends where it began.
function buildLoop({ item, lazy }: Repeat, next: number, instructions: Instruction[]): number {
  const nexts: number[] = [];
  const again = add({ op: 'split', nexts }, instructions);
  const first = build(item, again, instructions);
  nexts.push(...prefer(first, next, lazy));
  return first;
}

function prefer(inner: number, next: number, lazy: boolean): number[] {
  return lazy ? [next, inner] : [inner, next];
}

function canBeEmpty(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'set':
      return false;
    case 'assertion':
      return true;
    case 'sequence':
      return pattern.items.every(canBeEmpty);
    case 'choice':
      return pattern.items.some(canBeEmpty);
    case 'group':
      return canBeEmpty(pattern.item);
    case 'repeat':
      return pattern.min === 0 || canBeEmpty(pattern.item);
  }
}
