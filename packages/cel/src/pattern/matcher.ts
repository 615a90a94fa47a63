import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { END, START, holds, kindBefore } from './assertions.ts';
import { has } from './code-point-set.ts';
import type { Instruction, Program } from './program.ts';

/** Holds where a match and its groups begin and end, in UTF-16 units: two numbers each, the whole match first; -1 where a group took no part. */
export type Match = Int32Array;

/**
 * Finds matches and their groups by Pike's algorithm: all ways are followed at once, the preferred first, so that a step
 * over one character takes no more than the length of the program. Of the matches that begin first it gives the one that
 * a backtracking engine would give, as RE2 does.
 */
export class Matcher {
  readonly #program: Program;
  readonly #slots: number;
  #budget = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#slots = 2 * (program.groups + 1);
  }

  /** Finds the matches from the left that do not overlap; an empty one right after another match is none. */
  *all(text: string): Generator<Match, void, undefined> {
    this.#budget = limits.patternSteps;
    let from = 0;
    let end = -1;
    while (from <= text.length) {
      const match = this.#find(text, from);
      if (match === null) return;
      const isEmpty = match[0] === match[1];
      if (!isEmpty || match[0] !== end) yield match;
      end = match[1]!;
      from = isEmpty ? end + widthAt(text, end) : end;
    }
  }

  #find(text: string, from: number): Match | null {
    let threads: Thread[] = [];
    let best: Match | null = null;
    let before = from === 0 ? START : kindBefore(codeBefore(text, from));
    for (let at = from; ;) {
      const code = at < text.length ? text.codePointAt(at)! : END;
      const closure = new Closure(this.#program.instructions, before, code, at);
      for (const { step, slots } of threads) closure.follow(step, slots);
      if (best === null) closure.follow(this.#program.start, new Int32Array(this.#slots).fill(-1).fill(at, 0, 1));
      this.#spend(closure.visited);
      if (closure.match !== null) best = closure.match;
      if (code === END || (best !== null && closure.waiting.length === 0)) return best;
      threads = [];
      for (const { step, slots } of closure.waiting) {
        const instruction = this.#program.instructions[step] as Instruction & { op: 'set' };
        if (has(instruction.set, code)) threads.push({ step: instruction.next, slots });
      }
      if (threads.length === 0 && best !== null) return best;
      before = kindBefore(code);
      at += code > 0xffff ? 2 : 1;
    }
  }

  // Each search takes linear time, but one that looks far ahead and finds little is repeated many times.
  #spend(steps: number): void {
    this.#budget -= steps + 1;
    if (this.#budget < 0) throw new CelError('STEP_LIMIT', 'the search for all matches takes too many steps.');
  }
}

interface Thread {
  readonly step: number;
  readonly slots: Int32Array;
}

// Follows all steps that read no character, in the order of preference.
class Closure {
  readonly waiting: Thread[] = [];
  match: Match | null = null;
  visited = 0;
  readonly #instructions: readonly Instruction[];
  readonly #before: number;
  readonly #code: number;
  readonly #at: number;
  readonly #seen: Uint8Array;

  constructor(instructions: readonly Instruction[], before: number, code: number, at: number) {
    this.#instructions = instructions;
    this.#before = before;
    this.#code = code;
    this.#at = at;
    this.#seen = new Uint8Array(instructions.length);
  }

  follow(start: number, slots: Int32Array): void {
    const stack: Thread[] = [{ step: start, slots }];
    // What comes after a match is less preferred than it.
    for (let thread = stack.pop(); thread !== undefined && this.match === null; thread = stack.pop()) {
      const { step, slots: held } = thread;
      if (this.#seen[step] === 1) continue;
      this.#seen[step] = 1;
      this.visited++;
      const instruction = this.#instructions[step]!;
      if (instruction.op === 'match') this.match = set(held, 1, this.#at);
      else if (instruction.op === 'set') this.waiting.push(thread);
      else if (instruction.op === 'split') {
        for (let i = instruction.nexts.length - 1; i >= 0; i--)
          stack.push({ step: instruction.nexts[i]!, slots: held });
      } else if (instruction.op === 'save') {
        stack.push({ step: instruction.next, slots: set(held, instruction.slot, this.#at) });
      } else if (holds(instruction.assertion, this.#before, this.#code)) {
        stack.push({ step: instruction.next, slots: held });
      }
    }
  }
}

function set(slots: Int32Array, slot: number, value: number): Int32Array {
  const copy = slots.slice();
  copy[slot] = value;
  return copy;
}

function widthAt(text: string, at: number): number {
  return at < text.length && text.codePointAt(at)! > 0xffff ? 2 : 1;
}

function codeBefore(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  const isPair = unit >= 0xdc00 && unit < 0xe000 && at > 1 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return isPair ? text.codePointAt(at - 2)! : unit;
}
