import { limits } from '../limits.ts';
import type { CodePointSet } from './code-point-set.ts';
import { invalidPattern } from './invalid-pattern.ts';
import type { Assertion, Pattern } from './parse-pattern.ts';

/** Describes one step of the automaton of a pattern; a target is the number of another step. */
export type Instruction =
  | { readonly op: 'set'; readonly set: CodePointSet; readonly next: number }
  | { readonly op: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly op: 'split'; readonly nexts: readonly number[] }
  | { readonly op: 'match' };

/** Turns a pattern into Thompson's automaton, built from the end so that every target is known. */
export function programOf(pattern: Pattern): { instructions: readonly Instruction[]; start: number } {
  const instructions: Instruction[] = [{ op: 'match' }];
  const start = build(pattern, 0, instructions);
  return { instructions, start };
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
    case 'repeat':
      return buildRepeat(pattern, next, instructions);
  }
}

function buildRepeat(pattern: Pattern & { kind: 'repeat' }, next: number, instructions: Instruction[]): number {
  let target = next;
  if (pattern.max === null) {
    const nexts = [next];
    target = add({ op: 'split', nexts }, instructions);
    nexts.push(build(pattern.item, target, instructions));
  } else {
    for (let i = pattern.min; i < pattern.max; i++) {
      const inner = build(pattern.item, target, instructions);
      target = add({ op: 'split', nexts: [next, inner] }, instructions);
    }
  }
  for (let i = 0; i < pattern.min; i++) target = build(pattern.item, target, instructions);
  return target;
}
