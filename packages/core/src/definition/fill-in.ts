import { suggest } from '@headrace/cel';
import type { Finding, Path } from '../component/finding.ts';
import type { AnyFunction, UserFunction } from '../component/user-function.ts';
import { fillFunction, lambda, type FunctionContext } from './fill-function.ts';
import { shorten } from './format-path.ts';
import { placeholder } from './read-parameter.ts';
import { staysInside } from './stays-inside.ts';
import type { ResolvedParameter } from './resolve-parameters.ts';

/** What filling in needs, and where it leaves what it learns. */
export interface FillContext extends FunctionContext {
  readonly parameters: ReadonlyMap<string, ResolvedParameter>;
  /** Parameters that are declared, but not as they should be; null where all may be. */
  readonly brokenParameters: ReadonlySet<string> | null;
  /** Places whose value is not known: nothing is said about them. */
  readonly unknown: Path[];
  /** Those of them where a function should stand: nothing can take its place, so that the node is left out. */
  readonly refused: Path[];
  /** Those of them that are a mistake which was reported: what stands in may be of another shape than what belongs there. */
  readonly mistaken: Path[];
  /** Texts that came from other files, by their place as JSON. */
  readonly origins: Map<string, { readonly file: string; readonly text: string }>;
}

const specials = ['$param', '$cel', '$use'];

/** Replaces every special object (`{ "$param": … }`, `{ "$cel": … }`, `{ "$use": … }`) of a value by what it stands for. */
export function fillIn(value: unknown, at: Path, context: FillContext): unknown {
  if (typeof value === 'function') return lambda(value as AnyFunction, undefined, at, context);
  if (Array.isArray(value)) return value.map((item, index) => fillIn(item, [...at, index], context));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const special = entries.find(([key]) => key.startsWith('$'));
  if (special === undefined)
    return Object.fromEntries(entries.map(([key, part]) => [key, fillIn(part, [...at, key], context)]));
  const [key, argument] = special;
  if (key === '$use') return functionOf(value as Record<string, unknown>, at, context);
  if (!specials.includes(key)) return notKnown(at, unknownSpecial(at, key), context);
  const extra = entries.find(([other]) => other !== key);
  if (extra !== undefined) context.report(extraKey(at, key, extra[0]));
  if (typeof argument !== 'string') return notKnown(at, notText([...at, key], key), context);
  return key === '$param' ? parameter(argument, at, context) : expressionFile(argument, at, context);
}

/** Tells whether a place lies at or below one whose value is not known. */
export function isUnknown(at: Path, unknown: readonly Path[]): boolean {
  return unknown.some((place) => place.length <= at.length && place.every((part, index) => part === at[index]));
}

/**
 * Fills in a node, where the key `$use` is one option beside others. Where its schema does not declare the key it is left as it is,
 * to be reported as unknown.
 */
export function fillInNode(
  value: Record<string, unknown>,
  takesFunction: boolean,
  at: Path,
  context: FillContext,
): Record<string, unknown> {
  const { $use, ...others } = value;
  // Any other key with this sign is a mistake like any unknown key.
  const filled = Object.fromEntries(
    Object.entries(others).map(([key, part]) => [key, fillIn(part, [...at, key], context)]),
  );
  if ($use === undefined) return filled;
  return { ...filled, $use: takesFunction ? made($use, undefined, [...at, '$use'], [...at, '$use'], context) : $use };
}

function functionOf(value: Record<string, unknown>, at: Path, context: FillContext): unknown {
  const { $use, returns, ...others } = value;
  const extra = Object.keys(others)[0];
  if (extra !== undefined) context.report(extraKey(at, '$use', extra));
  return made($use, returns, at, [...at, '$use'], context);
}

function made(use: unknown, returns: unknown, at: Path, place: Path, context: FillContext): UserFunction | null {
  const one = fillFunction(use, returns, place, context);
  if (one !== null) return one;
  context.unknown.push(at);
  context.refused.push(at);
  return null;
}

function parameter(name: string, at: Path, context: FillContext): unknown {
  const found = context.parameters.get(name);
  if (found === undefined && (context.brokenParameters?.has(name) ?? true)) {
    context.unknown.push(at);
    return placeholder('string');
  }
  if (found === undefined) {
    const suggestion = suggest(name, context.parameters.keys());
    const message = `the parameter "${shorten(name, 40)}" is not declared.`;
    return notKnown(
      at,
      { ...wrong('UNKNOWN_PARAMETER', [...at, '$param'], message), ...(suggestion && { suggestion }) },
      context,
    );
  }
  if (found.set !== null) return found.set.written;
  context.unknown.push(at);
  return placeholder(found.type);
}

function expressionFile(path: string, at: Path, context: FillContext): unknown {
  const place = [...at, '$cel'];
  if (!staysInside(path))
    return notKnown(
      at,
      wrong('PATH_OUTSIDE', place, `"${shorten(path, 40)}" leads out of the topology's folder.`),
      context,
    );
  try {
    const text = context.readFile(path);
    context.origins.set(JSON.stringify(at), { file: path, text });
    return text;
  } catch {
    return notKnown(at, wrong('FILE_NOT_FOUND', place, `the file "${shorten(path, 40)}" cannot be read.`), context);
  }
}

function notKnown(at: Path, finding: Finding, context: FillContext): string {
  context.report(finding);
  context.unknown.push(at);
  context.mistaken.push(at);
  return 'unset';
}

function unknownSpecial(at: Path, key: string): Finding {
  const suggestion = suggest(key, specials);
  const message = `the key "${shorten(key, 40)}" is not known: special objects are ${specials.join(', ')}.`;
  return { ...wrong('UNKNOWN_KEY', [...at, key], message), on: 'key', ...(suggestion && { suggestion }) };
}

function extraKey(at: Path, special: string, key: string): Finding {
  const message = `beside "${special}" no other key may stand, and "${shorten(key, 40)}" does.`;
  return { ...wrong('UNKNOWN_KEY', [...at, key], message), on: 'key' };
}

function notText(at: Path, key: string): Finding {
  return wrong('WRONG_TYPE', at, key === '$param' ? 'must be the name of a parameter.' : 'must be the path of a file.');
}

function wrong(code: string, at: Path, message: string): Finding {
  return { code, severity: 'error', at, message };
}
