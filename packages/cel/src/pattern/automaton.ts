import { limits } from '../limits.ts';
import { NEWLINE, WORD, has, type CodePointSet } from './code-point-set.ts';
import { END, OTHER_BEFORE, START, holds, kindBefore } from './assertions.ts';
import type { Instruction, Program } from './program.ts';

interface State {
  readonly steps: readonly number[];
  readonly before: number;
  readonly nexts: (State | undefined)[];
  atEnd: boolean | undefined;
}

const ACCEPTED: State = { steps: [], before: OTHER_BEFORE, nexts: [], atEnd: true };
const DEAD: State = { steps: [], before: OTHER_BEFORE, nexts: [], atEnd: false };

/**
 * Tells whether a text has a match, in time linear in the text whatever the pattern: its deterministic states are made when
 * first met and thrown away when there are too many.
 */
export class Automaton {
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  readonly #asserts: boolean;
  readonly #anchored: boolean;
  // Code points that no set of the pattern tells apart are one class; a bound is where the next class begins.
  readonly #bounds: readonly number[];
  readonly #ascii: Uint16Array;
  readonly #mostStates: number;
  readonly #states = new Map<string, State>();
  #first: State;

  constructor({ instructions, start }: Program) {
    this.#instructions = instructions;
    this.#start = start;
    this.#asserts = instructions.some(({ op }) => op === 'assert');
    this.#anchored = isAnchored(instructions, start);
    this.#bounds = boundsOf(instructions, this.#asserts);
    this.#ascii = Uint16Array.from({ length: 128 }, (_, code) => this.#search(code));
    this.#mostStates = Math.max(16, Math.min(1000, Math.floor(limits.patternTransitions / this.#bounds.length)));
    this.#first = this.#state([start], START);
  }

  test(text: string): boolean {
    let state = this.#first;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(i)!;
        if (code > 0xffff) i++;
      }
      const kind = code < 128 ? this.#ascii[code]! : this.#search(code);
      state = state.nexts[kind] ?? this.#advance(state, kind);
      if (state === ACCEPTED) return true;
      if (state === DEAD) return false;
    }
    return (state.atEnd ??= this.#close(state, END) === null);
  }

  #search(code: number): number {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#bounds[middle]! <= code) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #advance(state: State, kind: number): State {
    const code = this.#bounds[kind]!;
    const waiting = this.#close(state, code);
    let next = ACCEPTED;
    if (waiting !== null) {
      const steps = new Set<number>(this.#anchored ? [] : [this.#start]);
      for (const { set, next: target } of waiting) if (has(set, code)) steps.add(target);
      if (steps.size === 0) next = DEAD;
      else next = this.#state([...steps].toSorted(ascending), this.#asserts ? kindBefore(code) : OTHER_BEFORE);
    }
    state.nexts[kind] = next;
    return next;
  }

  #state(steps: readonly number[], before: number): State {
    const key = `${before}:${steps.join(',')}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= this.#mostStates) {
      this.#states.clear();
      this.#first = this.#state([this.#start], START);
    }
    const state: State = { steps, before, nexts: [], atEnd: undefined };
    this.#states.set(key, state);
    return state;
  }

  // Follows all steps that read no character; null means that a match was reached. `code` is the next character.
  #close(state: State, code: number): (Instruction & { op: 'set' })[] | null {
    const waiting: (Instruction & { op: 'set' })[] = [];
    const seen = new Uint8Array(this.#instructions.length);
    const stack = [...state.steps];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const instruction = this.#instructions[at]!;
      if (instruction.op === 'match') return null;
      if (instruction.op === 'set') waiting.push(instruction);
      else if (instruction.op === 'split') stack.push(...instruction.nexts);
      else if (instruction.op === 'save' || holds(instruction.assertion, state.before, code)) {
        stack.push(instruction.next);
      }
    }
    return waiting;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}

// A pattern whose every match begins at the start of the text need not be tried elsewhere.
function isAnchored(instructions: readonly Instruction[], start: number): boolean {
  const seen = new Set<number>();
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = instructions[at]!;
    if (instruction.op === 'assert' && instruction.assertion === 'start') continue;
    if (instruction.op === 'split') stack.push(...instruction.nexts);
    else if (instruction.op === 'save') stack.push(instruction.next);
    else return false;
  }
  return true;
}

function boundsOf(instructions: readonly Instruction[], asserts: boolean): number[] {
  const bounds = new Set([0]);
  const sets = new Set<CodePointSet>(asserts ? [WORD, NEWLINE] : []);
  for (const instruction of instructions) if (instruction.op === 'set') sets.add(instruction.set);
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) bounds.add(set[i]!).add(set[i + 1]! + 1);
  }
  return [...bounds].toSorted(ascending);
}
