import { checkedChildrenOf } from '../check/checked-children.ts';
import type { CheckedNode } from '../check/checked.ts';
import { formatType } from '../types/format-type.ts';
import { accessPathOf, optionalPathOf } from './reads-of.ts';

interface Term {
  /** Equal for terms that mean the same. */
  readonly id: number;
  /** The variables of macros around it that it uses. */
  readonly free: ReadonlySet<number>;
}

const SHARED: ReadonlySet<CheckedNode['kind']> = new Set([
  'call',
  'arithmetic',
  'negate',
  'index',
  'field',
  'widen',
  'narrow',
  'bind',
  'comprehension',
  'optionalField',
  'optionalIndex',
  'optionalOr',
  'optionalMap',
]);

/** Knows which terms of a group of expressions are equal, and how often each occurs. */
export class Terms {
  readonly #ids = new Map<string, number>();
  readonly #terms = new Map<CheckedNode, Term>();
  readonly #uses = new Map<string, number>();
  readonly #values = new Map<unknown, number>();
  readonly #definitions = new Map<string, number>();

  /** Adds an expression, in the order of the group. */
  add(tree: CheckedNode): void {
    this.#count(tree, this.#termOf(tree, []));
  }

  /** Notes that a name means something else in the expressions after this. */
  define(variable: string): void {
    this.#definitions.set(variable, (this.#definitions.get(variable) ?? 0) + 1);
  }

  /** Gives the key of a term that is worth keeping in a variable; null for others, and inside of the macros whose variables it uses. */
  keyOf(node: CheckedNode): string | null {
    const term = this.#terms.get(node);
    return term === undefined || term.free.size > 0 || !SHARED.has(node.kind) ? null : `term ${term.id}`;
  }

  /** Counts how often a term or path occurs. */
  uses(key: string): number {
    return this.#uses.get(key) ?? 0;
  }

  #count(node: CheckedNode, term: Term): void {
    const path = accessPathOf(node) ?? optionalPathOf(node);
    // Whatever is read of a path, its front may be what is asked for.
    if (path !== null) for (let i = 1; i <= path.length; i++) this.#use(`path ${JSON.stringify(path.slice(0, i))}`);
    this.#countTerm(node, term);
  }

  #countTerm(node: CheckedNode, term: Term): void {
    if (node.kind === 'has') return this.#countPresence(node.path);
    if (SHARED.has(node.kind) && term.free.size === 0) {
      this.#use(`term ${term.id}`);
      // What is in a term that is kept is evaluated with its first occurrence only.
      if (this.uses(`term ${term.id}`) > 1) return;
    }
    const isPath = (accessPathOf(node) ?? optionalPathOf(node)) !== null;
    for (const child of checkedChildrenOf(node)) {
      const inner = this.#terms.get(child)!;
      if (isPath) this.#countTerm(child, inner);
      else this.#count(child, inner);
    }
  }

  // The steps of `has` are no terms: each asks whether the one before gave something.
  #countPresence(node: CheckedNode): void {
    if (node.kind === 'required') this.#countPresence(node.operand);
    else if (!STEPS.has(node.kind) || !('target' in node)) this.#count(node, this.#terms.get(node)!);
    else {
      this.#countPresence(node.target);
      if ('index' in node) this.#count(node.index, this.#terms.get(node.index)!);
    }
  }

  #use(key: string): void {
    this.#uses.set(key, this.uses(key) + 1);
  }

  #termOf(node: CheckedNode, slots: readonly number[]): Term {
    const own = slotsOf(node);
    const outside = outsideOf(node);
    const children = checkedChildrenOf(node).map((child) =>
      this.#termOf(child, child === outside ? slots : [...slots, ...own]),
    );
    const free = new Set(children.flatMap((child) => [...child.free]));
    if (node.kind === 'local') free.add(node.slot);
    for (const slot of own) free.delete(slot);
    const parts = [node.kind, node.type.kind, this.#ownOf(node, slots), children.map(({ id }) => id)];
    const term = { id: this.#idOf(JSON.stringify(parts)), free };
    this.#terms.set(node, term);
    return term;
  }

  #idOf(key: string): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#ids.size);
    return this.#ids.size - 1;
  }

  // What a node says apart from its children.
  #ownOf(node: CheckedNode, slots: readonly number[]): unknown {
    switch (node.kind) {
      case 'constant':
        return this.#valueOf(node.value);
      case 'variable':
        return [node.name, this.#definitions.get(node.name) ?? 0];
      case 'local':
        return slots.indexOf(node.slot);
      case 'field':
      case 'optionalField':
        return node.name;
      case 'widen':
      case 'narrow':
        return formatType(node.type);
      case 'call':
        return [node.name, node.overloads, node.dynamic];
      case 'comprehension':
        return [node.macro, node.condition === null, node.second === null];
      case 'optionalOr':
        return node.gives;
      case 'optionalMap':
        return node.flat;
      case 'list':
        return node.optionals;
      case 'map':
        return node.entries.map(({ optional }) => optional);
      case 'record':
        return [
          node.type.kind === 'record' ? node.type.name : null,
          node.fields.map(({ name, optional, otherwise }) => [name, optional, this.#valueOf(otherwise)]),
        ];
      case 'aggregate':
      case 'fail':
        // Each is equal to itself only.
        return ['unique', this.#valueOf(node)];
      default:
        return 'operator' in node ? node.operator : null;
    }
  }

  // A number and a bigint, and a double's two zeros, are two values; what has content is equal to itself only.
  #valueOf(value: unknown): number {
    const key = Object.is(value, -0) ? '-0' : typeof value === 'string' ? `text ${value}` : value;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    this.#values.set(key, this.#values.size);
    return this.#values.size - 1;
  }
}

const STEPS: ReadonlySet<CheckedNode['kind']> = new Set(['field', 'index', 'optionalField', 'optionalIndex']);

// The variables that a node makes for its children.
function slotsOf(node: CheckedNode): readonly number[] {
  if (node.kind === 'comprehension') return node.second === null ? [node.slot] : [node.slot, node.second];
  return node.kind === 'bind' || node.kind === 'optionalMap' ? [node.slot] : [];
}

// The child that does not see them.
function outsideOf(node: CheckedNode): CheckedNode | null {
  if (node.kind === 'comprehension') return node.range;
  if (node.kind === 'bind') return node.value;
  return node.kind === 'optionalMap' ? node.target : null;
}
