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
  readonly #seen: Uint32Array;
  #round = 0;
  #budget = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#slots = 2 * (program.groups + 1);
    this.#seen = new Uint32Array(program.instructions.length);
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
    const { instructions, start } = this.#program;
    let threads: Thread[] = [];
    let best: Match | null = null;
    let before = from === 0 ? START : kindBefore(codeBefore(text, from));
    for (let at = from; ;) {
      const code = at < text.length ? text.codePointAt(at)! : END;
      const place: Place = { before, code, at };
      const waiting: Thread[] = [];
      this.#newRound();
      let match: Match | null = null;
      // What comes after a match is less preferred than it.
      for (let i = 0; i < threads.length && match === null; i++) match = this.#follow(threads[i]!, place, waiting);
      if (best === null && match === null)
        match = this.#follow({ step: start, slots: this.#begin(at) }, place, waiting);
      best = match ?? best;
      if (code === END || (best !== null && waiting.length === 0)) return best;
      threads = [];
      for (const { step, slots } of waiting) {
        const instruction = instructions[step] as Instruction & { op: 'set' };
        if (has(instruction.set, code)) threads.push({ step: instruction.next, slots });
      }
      if (threads.length === 0 && best !== null) return best;
      before = kindBefore(code);
      at += code > 0xffff ? 2 : 1;
    }
  }

  #begin(at: number): Int32Array {
    const slots = new Int32Array(this.#slots).fill(-1);
    slots[0] = at;
    return slots;
  }

  // A step is followed once at each place.
  #newRound(): void {
    if (this.#round === 0xffffffff) {
      this.#seen.fill(0);
      this.#round = 0;
    }
    this.#round++;
  }

  // Follows all steps that read no character, in the order of preference; gives the match if one is reached.
  #follow(from: Thread, { before, code, at }: Place, waiting: Thread[]): Match | null {
    const stack = [from];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      const { step, slots } = thread;
      if (this.#seen[step] === this.#round) continue;
      this.#seen[step] = this.#round;
      this.#spend();
      const instruction = this.#program.instructions[step]!;
      if (instruction.op === 'set') waiting.push(thread);
      else if (instruction.op === 'match') return set(slots, 1, at);
      else if (instruction.op === 'split') {
        const { nexts } = instruction;
        for (let i = nexts.length - 1; i >= 0; i--) stack.push({ step: nexts[i]!, slots });
      } else if (instruction.op === 'save') {
        stack.push({ step: instruction.next, slots: set(slots, instruction.slot, at) });
      } else if (holds(instruction.assertion, before, code)) stack.push({ step: instruction.next, slots });
    }
    return null;
  }

  // Each search takes linear time, but one that looks far ahead and finds little is repeated many times.
  #spend(): void {
    if (--this.#budget < 0) throw new CelError('STEP_LIMIT', 'the search for all matches takes too many steps.');
  }
}

interface Thread {
  readonly step: number;
  readonly slots: Int32Array;
}

interface Place {
  readonly before: number;
  readonly code: number;
  readonly at: number;
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
