import { resolve } from 'node:path';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { ModuleExports, ModuleLoader } from './module-loader.ts';
import type { AnyFunction, UserFunction } from './user-function.ts';

/**
 * Loads the files that functions come from, each once, and binds the functions. Returns the paths of the files that were run.
 * Throws `MODULE_NOT_LOADED` where a file cannot be loaded, `FUNCTION_NOT_FOUND` where it does not export what is named.
 */
export async function loadFunctions(
  functions: readonly UserFunction[],
  directory: string,
  loader: ModuleLoader,
): Promise<readonly string[]> {
  const modules = new Map<string, ModuleExports>();
  for (const one of functions) {
    if (one.origin === null || one.isBound) continue;
    const file = resolve(directory, one.origin.file);
    const loaded = modules.get(file) ?? (await load(file, one, loader));
    modules.set(file, loaded);
    one.bind(exportOf(loaded, one, file));
  }
  return [...modules.keys()];
}

async function load(file: string, { name }: UserFunction, loader: ModuleLoader): Promise<ModuleExports> {
  try {
    return await loader.load(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeadraceError('MODULE_NOT_LOADED', `The file of "${name}" cannot be loaded: ${reason}`, {
      place: { file },
      cause,
    });
  }
}

function exportOf(loaded: ModuleExports, { name, origin }: UserFunction, file: string): AnyFunction {
  const exported = origin?.exported ?? '';
  const found = Object.hasOwn(loaded, exported) ? loaded[exported] : undefined;
  if (typeof found === 'function') return found as AnyFunction;
  const names = Object.keys(loaded).filter((key) => typeof loaded[key] === 'function');
  const list = names.length === 0 ? 'it exports no function' : `its functions are ${names.join(', ')}`;
  throw new HeadraceError('FUNCTION_NOT_FOUND', `"${name}" names no exported function: ${list}.`, { place: { file } });
}
