import { resolve } from 'node:path';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { ModuleExports, ModuleLoader } from './module-loader.ts';
import { nodesUsing, type NodeWithOptions } from './nodes-using.ts';
import type { AnyFunction, UserFunction } from './user-function.ts';

/** What loading needs to know of a topology. */
export interface FunctionsToLoad {
  readonly functions: readonly UserFunction[];
  /** The folder that files are written from. */
  readonly directory: string;
  readonly nodes: ReadonlyMap<string, NodeWithOptions>;
  /** How long a file may take to load: what it awaits is a promise of functions like any other. */
  readonly run: { readonly nodeTimeoutMs: number };
}

/**
 * Loads the files that the functions of a topology come from, each once, and binds the functions. Returns the paths of the files that were run.
 * Throws `MODULE_NOT_LOADED`, with the nodes that need it, where a file cannot be loaded or takes longer than `nodeTimeout`,
 * `FUNCTION_NOT_FOUND` where it does not export what is named.
 */
export async function loadFunctions(topology: FunctionsToLoad, loader: ModuleLoader): Promise<readonly string[]> {
  const modules = new Map<string, ModuleExports>();
  for (const one of topology.functions) {
    if (one.origin === null || one.isBound) continue;
    const file = resolve(topology.directory, one.origin.file);
    const loaded = modules.get(file) ?? (await load(file, one, topology, loader));
    modules.set(file, loaded);
    one.bind(exportOf(loaded, one, file));
  }
  return [...modules.keys()];
}

async function load(
  file: string,
  { name }: UserFunction,
  { directory, nodes, run }: FunctionsToLoad,
  loader: ModuleLoader,
): Promise<ModuleExports> {
  const users = nodesUsing(nodes.values(), (written) => resolve(directory, written) === file);
  try {
    return await loader.load(file, { longestMs: run.nodeTimeoutMs, nodes: users });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const of = users.length === 0 ? '' : ` of node ${users.map((id) => `"${id}"`).join(' and ')}`;
    throw new HeadraceError('MODULE_NOT_LOADED', `The file of "${name}"${of} cannot be loaded: ${reason}`, {
      place: { file, ...(users.length === 1 && { node: users[0] as string }) },
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
