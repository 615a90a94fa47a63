import { code, constant, type Code, type Hole } from '@headrace/codegen';
import type { Checked } from '../check/checked.ts';
import { mustLeave } from '../interpret/interpreter.ts';
import { limits } from '../limits.ts';
import { leave } from '../values/leave.ts';
import { beginEvaluation } from '../values/meter.ts';
import { complex, Emission } from './emission.ts';
import { emitNode } from './emit-node.ts';
import { mustMeter } from './must-meter.ts';
import type { PathCode } from './path-code.ts';
import { readsOf } from './reads-of.ts';
import { Terms } from './terms.ts';

/** Holds the code of one expression at its place in a function. */
export interface Emitted {
  /** Statements that come first; often none. */
  readonly statements: Code;
  /** The value: an expression to be evaluated once, right after the statements, or a name or literal. */
  readonly value: Hole;
}

/** One expression of a group; `as` gives its value a name that the expressions after it may use, and that hides other names. */
export interface GroupMember {
  readonly checked: Pick<Checked, 'tree'>;
  readonly as?: string;
  /** Whether the value stays as expressions hold it: optionals, types, and values of type dyn in their boxes. */
  readonly raw?: boolean;
}

/**
 * Emits a group of expressions into one function, in which each value is read once and equal terms are evaluated once. What a
 * member has evaluated is used by those that come after it, so their code must stand where it only runs after that of the earlier ones:
 * below, or in `branch` where that is not always so.
 */
export interface Emitter {
  /** Emits the next member at this place. */
  emit(member: GroupMember): Emitted;
  /** Emits members whose code may not run (the body of an `if`): what they read or name counts in there only. */
  branch<T>(emit: () => T): T;
  /** Declares the variables of all that was emitted; it stands first in the body of the function, or of the loop over records. */
  readonly declarations: () => Code;
}

/** Makes an emitter for a group of expressions, all of which are given beforehand. */
export function emitter(group: readonly GroupMember[], environment: PathCode): Emitter {
  const terms = new Terms();
  for (const { checked, as } of group) {
    terms.add(checked.tree);
    if (as !== undefined) terms.define(as);
  }
  const emission = new Emission(environment, terms, readsOf(group.map(({ checked }) => checked)).read, emitNode);
  return {
    emit: ({ checked, as, raw = false }) => {
      const { tree } = checked;
      if (mustMeter(tree, emission.typed)) emission.add(code`${constant(beginEvaluation)}();`);
      const inside = emission.value(tree);
      const value = !raw && mustLeave(tree) ? complex(code`${constant(leave)}(${inside.code})`) : inside;
      if (as !== undefined) emission.define(as, { code: emission.keep(value, as), simple: true });
      const statements = emission.take(limits.rounds);
      return { statements, value: as === undefined ? value.code : emission.definitionOf(as)!.code };
    },
    branch: (emit) => emission.apart(emit),
    declarations: () => emission.declarations(),
  };
}

/** Emits one expression: `declarations` first, then `statements`, then `value`. */
export function emit(
  checked: Pick<Checked, 'tree'>,
  environment: PathCode,
  { raw = false } = {},
): Emitted & { readonly declarations: Code } {
  const group = emitter([{ checked }], environment);
  const emitted = group.emit({ checked, raw });
  return { ...emitted, declarations: group.declarations() };
}
