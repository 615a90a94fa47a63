import { NEWLINE, WORD, has } from './code-point-set.ts';
import { parsePattern, type Assertion } from './parse-pattern.ts';
import { programOf, type Instruction } from './program.ts';

/**
 * Compiles a pattern to a test that takes time linear in the text, whatever the pattern: an automaton whose
 * deterministic states are made when first met and thrown away when there are too many.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const automaton = new Automaton(programOf(parsePattern(pattern)));
  return (text) => automaton.test(text);
}

// What the character before a place was. Kept apart only where an assertion asks.
const [START, WORD_BEFORE, NEWLINE_BEFORE, OTHER_BEFORE] = [0, 1, 2, 3];
const END = -1;
const MOST_STATES = 1000;

interface State {
  readonly steps: readonly number[];
  readonly before: number;
  readonly nexts: (State | undefined)[];
  atEnd: boolean | undefined;
}

const ACCEPTED: State = { steps: [], before: OTHER_BEFORE, nexts: [], atEnd: true };

class Automaton {
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  readonly #asserts: boolean;
  // Code points that no set of the pattern tells apart are one class; a bound is where the next class begins.
  readonly #bounds: readonly number[];
  readonly #ascii: Uint16Array;
  readonly #states = new Map<string, State>();
  #first: State;

  constructor({ instructions, start }: { instructions: readonly Instruction[]; start: number }) {
    this.#instructions = instructions;
    this.#start = start;
    this.#asserts = instructions.some(({ op }) => op === 'assert');
    this.#bounds = boundsOf(instructions, this.#asserts);
    this.#ascii = Uint16Array.from({ length: 128 }, (_, code) => this.#search(code));
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
      const steps = new Set([this.#start]);
      for (const { set, next: target } of waiting) if (has(set, code)) steps.add(target);
      const before = !this.#asserts
        ? OTHER_BEFORE
        : has(WORD, code)
          ? WORD_BEFORE
          : code === 10
            ? NEWLINE_BEFORE
            : OTHER_BEFORE;
      next = this.#state(
        [...steps].toSorted((a, b) => a - b),
        before,
      );
    }
    state.nexts[kind] = next;
    return next;
  }

  #state(steps: readonly number[], before: number): State {
    const key = `${before}:${steps.join(',')}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MOST_STATES) {
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
      else if (holds(instruction.assertion, state.before, code)) stack.push(instruction.next);
    }
    return waiting;
  }
}

function holds(assertion: Assertion, before: number, code: number): boolean {
  switch (assertion) {
    case 'start':
      return before === START;
    case 'end':
      return code === END;
    case 'lineStart':
      return before === START || before === NEWLINE_BEFORE;
    case 'lineEnd':
      return code === END || code === 10;
    case 'boundary':
      return (before === WORD_BEFORE) !== has(WORD, code);
    case 'noBoundary':
      return (before === WORD_BEFORE) === has(WORD, code);
  }
}

function boundsOf(instructions: readonly Instruction[], asserts: boolean): number[] {
  const bounds = new Set([0]);
  const sets = instructions.flatMap((instruction) => (instruction.op === 'set' ? [instruction.set] : []));
  for (const set of asserts ? [...sets, WORD, NEWLINE] : sets) {
    for (let i = 0; i < set.length; i += 2) bounds.add(set[i]!).add(set[i + 1]! + 1);
  }
  return [...bounds].toSorted((a, b) => a - b);
}
