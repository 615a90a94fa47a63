import { CelError } from '../cel-error.ts';
import type { KnownArgument, Overload } from '../functions/overload.ts';
import type { Span } from '../syntax/node.ts';
import { DYN, acceptsNull, type CelType } from '../types/cel-type.ts';
import { formatType } from '../types/format-type.ts';
import { joinTypes } from '../types/join-types.ts';
import { isAssignable } from '../types/is-assignable.ts';
import { nonNull } from '../types/non-null.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { conversionText } from './conversion-text.ts';
import { requirePresent } from './require.ts';
import { widenTo } from './widen-to.ts';

/** Chooses the overloads of a call by the types of its arguments; a `dyn` leaves several to be chosen from at run time. */
export function resolveCall(
  context: Context,
  span: Span,
  name: string,
  overloads: readonly Overload[],
  args: readonly CheckedNode[],
): CheckedNode {
  const { start, end } = span;
  const types = args.map((argument) => argument.type);
  if (types.some((type) => type.kind === 'error')) return failed(span);
  const certain = overloads.find((overload) => types.every((type, i) => surelyFits(type, paramOf(overload, i))));
  const possible = overloads.filter((overload) => types.every((type, i) => mayFit(type, paramOf(overload, i))));
  const chosen = certain === undefined ? possible : [certain];
  if (chosen.length === 0) return noSuchOverload(context, span, name, overloads, args);
  const refusal = refuseToSpecialise(context, args, chosen, span);
  if (refusal !== null) return refusal;
  const present = args.map((argument, i) =>
    chosen.every((overload) => acceptsNull(paramOf(overload, i))) ? argument : requirePresent(context, argument),
  );
  const results = chosen.map((overload) => overload.result(present.map((argument) => argument.type)));
  const type = results.reduce((a, b) => (a.kind === b.kind ? joinTypes(a, b) : DYN));
  const isOpenly = types.some(({ kind }) => kind === 'dyn') || context.environment.unchecked === true;
  if (name === 'coalesce' && type.kind === 'dyn' && !isOpenly) {
    const list = types.map(formatType).join(', ');
    return context.error('TYPE_MISMATCH', `the arguments of "coalesce" have different types: ${list}.`, span);
  }
  const given = certain === undefined ? present : present.map((argument, i) => widened(argument, certain, i, type));
  const ids = chosen.map(({ id }) => id);
  return { kind: 'call', name, overloads: ids, dynamic: certain === undefined, args: given, type, start, end };
}

// What a function gives as dyn must say itself what it is, and so must what it is made of.
function widened(argument: CheckedNode, overload: Overload, i: number, result: CelType): CheckedNode {
  const param = paramOf(overload, i);
  return overload.widens || (result.kind === 'dyn' && param.kind === 'dyn') ? widenTo(argument, param) : argument;
}

/** Gives the parameter that an argument is for; the last one of a variadic function may be repeated. */
export function paramOf(overload: Overload, index: number): CelType {
  return overload.params[Math.min(index, overload.params.length - 1)]!;
}

/** Tells a function what is known of its arguments. */
export function knownArguments(args: readonly CheckedNode[]): KnownArgument[] {
  return args.map((argument) =>
    argument.kind === 'constant' ? { type: argument.type, constant: argument.value } : { type: argument.type },
  );
}

function surelyFits(type: CelType, param: CelType): boolean {
  if (param.kind === 'dyn') return true;
  return type.kind === 'null' ? acceptsNull(param) : isAssignable(nonNull(type), param);
}

function mayFit(type: CelType, param: CelType): boolean {
  if (type.kind === 'dyn' || surelyFits(type, param)) return true;
  const present = nonNull(type);
  if (type.kind === 'null') return false;
  if (present.kind === 'optional' && param.kind === 'optional') return mayFit(present.of, param.of);
  return present.kind === 'list' && param.kind === 'list' && mayFit(present.element, param.element);
}

// What a function says of arguments that are known before anything runs, such as a pattern that is not valid.
function refuseToSpecialise(
  context: Context,
  args: readonly CheckedNode[],
  chosen: readonly Overload[],
  span: Span,
): CheckedNode | null {
  try {
    for (const overload of chosen) overload.specialise?.(knownArguments(args));
    return null;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return context.error(error.code, error.message, args.findLast(({ kind }) => kind === 'constant') ?? span);
  }
}

function noSuchOverload(
  context: Context,
  span: Span,
  name: string,
  overloads: readonly Overload[],
  args: readonly CheckedNode[],
): CheckedNode {
  const isMethod = overloads[0]!.form === 'method';
  const signature = (types: readonly CelType[]): string => {
    const [first, ...rest] = types.map(formatType);
    return isMethod ? `${first}.${name}(${rest.join(', ')})` : `${name}(${types.map(formatType).join(', ')})`;
  };
  const forms = overloads.map(({ params }) => signature(params)).join(', ');
  const message = `there is no ${signature(args.map(({ type }) => type))}; there is ${forms}`;
  const fix = fixFor(context, overloads, args);
  if (fix === null) return context.error('NO_SUCH_OVERLOAD', `${message}.`, span);
  const help = `write ${fix.text} instead of ${context.textOf(fix.argument)}`;
  return context.error('NO_SUCH_OVERLOAD', `${message}; ${help}.`, fix.argument, fix.text);
}

interface Fix {
  readonly argument: CheckedNode;
  readonly text: string;
}

// Where one argument stands in the way of an overload: what to write for it.
function fixFor(context: Context, overloads: readonly Overload[], args: readonly CheckedNode[]): Fix | null {
  for (const overload of overloads) {
    const wrong = args.filter(({ type }, i) => !mayFit(type, paramOf(overload, i)));
    const [argument] = wrong;
    if (argument === undefined || wrong.length > 1) continue;
    const text = conversionText(context, argument, paramOf(overload, args.indexOf(argument)).kind);
    if (text !== null) return { argument, text };
  }
  return null;
}

function failed({ start, end }: Span): CheckedNode {
  return { kind: 'constant', value: null, type: { kind: 'error' }, start, end };
}
