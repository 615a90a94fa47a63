import type { Finding, Path } from '../component/finding.ts';
import { UserFunction, type AnyFunction } from '../component/user-function.ts';
import { shorten } from './format-path.ts';
import { staysInside } from './stays-inside.ts';

/** What making a function of what is written needs. */
export interface FunctionContext {
  /** Reads a file of the topology's folder as text; throws where there is none. */
  readFile(path: string): string;
  readonly report: (finding: Finding) => void;
  /** Every function of the topology, in the order of the file. */
  readonly functions: UserFunction[];
}

/** Makes the function that `{ "$use": …, "returns": … }` stands for: it is named, not loaded. Null where a finding was reported. */
export function fillFunction(use: unknown, returns: unknown, at: Path, context: FunctionContext): UserFunction | null {
  if (typeof use === 'function') return lambda(use as AnyFunction, returns, at, context);
  const written = typeof use === 'string' ? /^([^#]+)#([A-Za-z_$][\w$]*)$/.exec(use) : null;
  if (written === null) {
    const message = 'must be a file and the name of an export, such as "./score.ts#score".';
    return refused('WRONG_TYPE', at, message, context);
  }
  const [name, file, exported] = written as unknown as [string, string, string];
  if (!staysInside(file))
    return refused('PATH_OUTSIDE', at, `"${shorten(file, 40)}" leads out of the topology's folder.`, context);
  try {
    context.readFile(file);
  } catch {
    return refused('FILE_NOT_FOUND', at, `the file "${shorten(file, 40)}" cannot be read.`, context);
  }
  return kept(new UserFunction(name, { file, exported }, returns), context);
}

/** Makes the function that stands in a TypeScript topology itself. */
export function lambda(bound: AnyFunction, returns: unknown, at: Path, context: FunctionContext): UserFunction {
  return kept(new UserFunction(`a function of "${String(at[1] ?? at[0])}"`, null, returns, bound), context);
}

function kept(made: UserFunction, context: FunctionContext): UserFunction {
  context.functions.push(made);
  return made;
}

function refused(code: string, at: Path, message: string, context: FunctionContext): null {
  context.report({ code, severity: 'error', at, message });
  return null;
}
