/** What a module exports, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** Who a module is loaded for. */
export interface LoadContext {
  /** How long it may take, in milliseconds; a loader that can tell time keeps to it. */
  readonly longestMs: number;
  /** The nodes that call its functions. */
  readonly nodes: readonly string[];
}

/** Loads modules that authors wrote: files of `$use`, and topologies in TypeScript. It is injected: whoever only validates has none. */
export interface ModuleLoader {
  /** Loads a module by its absolute path, and thereby runs it. Rejects with what the module threw, or why it cannot be loaded. */
  load(file: string, context?: LoadContext): Promise<ModuleExports>;
}
