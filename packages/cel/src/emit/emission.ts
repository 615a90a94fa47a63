import { at, code, join, name, NO_CODE, type Code, type Hole, type Name } from '@headrace/codegen';
import type { CheckedNode } from '../check/checked.ts';
import type { PathCode } from './path-code.ts';
import type { Reads } from './reads-of.ts';
import type { Terms } from './terms.ts';

/** Holds the code of a value. `simple`: a name or a literal, which may be evaluated again, later or not at all. */
export interface Value {
  readonly code: Hole;
  readonly simple: boolean;
  /** Set where the value is known: a literal, or what constants gave. */
  readonly known?: { readonly value: unknown };
}

/** Emits the code of a node; files that emit one kind of node reach the others through this. */
export type EmitNode = (emission: Emission, node: CheckedNode) => Value;

/** Holds the variable of a macro or a `bind`, and the one with the error of a `bind` that may have failed. */
export interface LocalVariable {
  readonly variable: Name;
  readonly failed: Name | null;
}

/** Holds code that runs only on one of several ways, with the value that it ends with. */
export interface Branch {
  readonly statements: readonly Code[];
  readonly value: Value;
  readonly bound: ReadonlySet<string>;
}

/**
 * Holds what is known at the place where code is being written: the statements of the block so far, which values certainly have a
 * variable already, and which are known not to be null.
 */
export class Emission {
  readonly environment: PathCode;
  /** Whether values are of their declared types without a look. */
  readonly typed: boolean;
  /** Which terms are equal, and how often each occurs: once needs no variable. */
  readonly terms: Terms;
  readonly #emitNode: EmitNode;
  readonly #declared: Name[] = [];
  readonly #variables = new Map<string, Name>();
  readonly #locals = new Map<number, LocalVariable>();
  readonly #reads = new Map<string, Hole>();
  readonly #asked: ReadonlySet<string>;
  #definitions: ReadonlyMap<string, Value> = new Map();
  #statements: Code[] = [];
  #bound: ReadonlySet<string> = new Set();
  #known: ReadonlySet<string> = new Set();
  /** Whether the code may run several times, so that what its end binds may be there at its beginning. */
  #repeats = false;
  #rounds: Name | null = null;
  #countsRounds = false;

  constructor(environment: PathCode, terms: Terms, asked: Reads['read'], emitNode: EmitNode) {
    this.environment = environment;
    this.typed = environment.typed === true;
    this.terms = terms;
    this.#asked = new Set(asked.map((path) => JSON.stringify(path)));
    this.#emitNode = emitNode;
  }

  /** Emits a node at this place. */
  value(node: CheckedNode): Value {
    return this.#emitNode(this, node);
  }

  /** Emits nodes that are evaluated one after another; what an earlier one gives is kept where a later one needs statements. */
  values(nodes: readonly CheckedNode[]): Value[] {
    return this.inOrder(nodes.map((node) => () => this.value(node)));
  }

  /** Emits values one after another, as `values` does, each by a function of its own. */
  inOrder(emits: readonly (() => Value)[]): Value[] {
    const ends: number[] = [];
    const values = emits.map((emit) => {
      const value = emit();
      ends.push(this.#statements.length);
      return value;
    });
    const last = this.#statements.length;
    for (let i = values.length - 1; i >= 0; i--) {
      const value = values[i]!;
      if (value.simple || ends[i] === last) continue;
      const kept = this.temporary('kept');
      this.#statements.splice(ends[i]!, 0, code`${kept} = ${value.code};`);
      values[i] = simple(kept);
    }
    return values;
  }

  /** Adds a statement. */
  add(statement: Code): void {
    this.#statements.push(statement);
  }

  /** Makes a variable of the function. */
  temporary(hint: string): Name {
    const made = name(hint);
    this.#declared.push(made);
    return made;
  }

  /** Keeps a value in a variable, by an expression where it is used: the first part assigns, the second reads. */
  twice(value: Value, hint: string): readonly [first: Hole, again: Hole] {
    if (value.simple) return [value.code, value.code];
    const kept = this.temporary(hint);
    return [code`(${kept} = ${value.code})`, kept];
  }

  /** Keeps a value in a variable by a statement. */
  keep(value: Value, hint: string): Hole {
    if (value.simple) return value.code;
    const kept = this.temporary(hint);
    this.add(code`${kept} = ${value.code};`);
    return kept;
  }

  /** Writes code that may not run, or may end early: what it binds is not bound after it. */
  branch(emit: () => Value, facts: Iterable<string> = []): Branch {
    const [statements, bound, known, definitions] = [this.#statements, this.#bound, this.#known, this.#definitions];
    this.#statements = [];
    this.#known = new Set([...known, ...facts]);
    const value = emit();
    const result = { statements: this.#statements, value, bound: this.#bound };
    [this.#statements, this.#bound, this.#known, this.#definitions] = [statements, bound, known, definitions];
    return result;
  }

  /** Writes statements apart, which are taken before it ends; what they bind is not bound after it. */
  apart<T>(emit: () => T): T {
    const [bound, known, definitions] = [this.#bound, this.#known, this.#definitions];
    const result = emit();
    [this.#bound, this.#known, this.#definitions] = [bound, known, definitions];
    return result;
  }

  /** Writes the body of a loop. */
  loop(emit: () => Value): Branch {
    const before = this.#repeats;
    this.#repeats = true;
    const branch = this.branch(emit);
    this.#repeats = before;
    return branch;
  }

  /** Binds after a branching what every way has bound. */
  boundByAll(branches: readonly Branch[]): void {
    const [first, ...others] = branches;
    if (first === undefined) return;
    this.#bound = new Set([...first.bound].filter((key) => others.every(({ bound }) => bound.has(key))));
  }

  /** Knows from here on, in the code of this branch, that paths are not null. */
  learn(facts: Iterable<string>): void {
    this.#known = new Set([...this.#known, ...facts]);
  }

  /** Tells whether a path, by its key, is known not to be null. */
  isKnown(key: string | null): boolean {
    return this.typed && key !== null && this.#known.has(key);
  }

  /**
   * Gives a value that is evaluated once: by a variable that is assigned where the value is first asked for. Where an earlier place
   * may have run or not, the code looks; a value is never undefined.
   */
  once(key: string, hint: string, emit: () => Value): Value {
    const known = this.#variables.get(key);
    if (known !== undefined && this.#bound.has(key)) return simple(known);
    if (known === undefined && this.terms.uses(key) < 2 && !this.#repeats) return emit();
    const looks = known !== undefined || this.#repeats;
    const { statements, value } = looks ? this.branch(emit) : { statements: [], value: emit() };
    const variable = known ?? this.temporary(hint);
    this.#variables.set(key, variable);
    this.#bound = new Set([...this.#bound, key]);
    if (statements.length === 0 && !value.simple) {
      const assigned = code`(${variable} = ${value.code})`;
      return complex(looks ? code`(${variable} === undefined ? ${assigned} : ${variable})` : assigned);
    }
    const assignment = block([...statements, code`${variable} = ${value.code};`]);
    this.add(
      looks
        ? code`
      if (${variable} === undefined) {
        ${assignment}
      }
    `
        : assignment,
    );
    return simple(variable);
  }

  /** Gives what the environment reads a path by, which is asked for it once. */
  readOf(path: readonly string[]): Hole {
    const key = JSON.stringify(path);
    let read = this.#reads.get(key);
    if (read === undefined) this.#reads.set(key, (read = this.environment.read(path)));
    return read;
  }

  /** Tells whether a term certainly has its value in a variable here. */
  isBound(key: string): boolean {
    return this.#variables.has(key) && this.#bound.has(key);
  }

  /** Tells whether the environment is asked for the value at a path; a shorter one may be asked for in its place. */
  isAsked(path: readonly string[]): boolean {
    return this.#asked.has(JSON.stringify(path));
  }

  /** Gives the value of a name that an expression of the group has defined, or null. */
  definitionOf(variable: string): Value | null {
    return this.#definitions.get(variable) ?? null;
  }

  /** Defines a name for what is emitted from here on in this block. */
  define(variable: string, value: Value): void {
    this.#definitions = new Map([...this.#definitions, [variable, value]]);
  }

  /** Gives the variable of a macro or a `bind`. */
  localAt(slot: number): LocalVariable {
    const local = this.#locals.get(slot);
    if (local === undefined) throw new Error(`The variable ${slot} of a macro is not in scope.`);
    return local;
  }

  /** Makes the variable of a macro or a `bind`. */
  addLocal(slot: number, hint: string, failed: Name | null = null): Name {
    const variable = this.temporary(hint);
    this.#locals.set(slot, { variable, failed });
    return variable;
  }

  /** Emits a value that is one of two, by what a test says. */
  choose(test: Hole, whenTrue: Branch, whenFalse: Branch): Value {
    this.boundByAll([whenTrue, whenFalse]);
    if (whenTrue.statements.length === 0 && whenFalse.statements.length === 0)
      return complex(code`(${test} ? ${whenTrue.value.code} : ${whenFalse.value.code})`);
    const chosen = this.temporary('chosen');
    const arm = ({ statements, value }: Branch): Code => block([...statements, code`${chosen} = ${value.code};`]);
    this.add(code`
      if (${test}) {
        ${arm(whenTrue)}
      } else {
        ${arm(whenFalse)}
      }
    `);
    return simple(chosen);
  }

  /** Gives the variable that counts the rounds of macros down. */
  rounds(): Name {
    this.#rounds ??= name('rounds');
    this.#countsRounds = true;
    return this.#rounds;
  }

  /** Takes the statements that were written since the last call; their macros may take this many rounds. */
  take(rounds: number): Code {
    const counted = this.#rounds === null || !this.#countsRounds ? [] : [code`${this.#rounds} = ${rounds};`];
    const statements = [...counted, ...this.#statements];
    this.#statements = [];
    this.#countsRounds = false;
    return block(statements);
  }

  /** Declares the variables of the code. */
  declarations(): Code {
    const declared = this.#rounds === null ? this.#declared : [...this.#declared, this.#rounds];
    return declared.length === 0 ? NO_CODE : code`let ${join(declared, ', ')};`;
  }
}

/** Makes a value of a name or a literal. */
export function simple(hole: Hole): Value {
  return { code: hole, simple: true };
}

/** Makes a value of an expression that is evaluated once. */
export function complex(expression: Code): Value {
  return { code: expression, simple: false };
}

/** Says which node the code of a value comes from. */
export function from(node: CheckedNode, value: Value): Value {
  return value.simple ? value : complex(at(node, code`${value.code}`));
}

/** Puts statements one below another. */
export function block(statements: readonly Code[]): Code {
  return statements.length === 0 ? NO_CODE : join(statements, '\n');
}
