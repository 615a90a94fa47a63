/** What a module exports, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** Loads modules that authors wrote: files of `$use`, and topologies in TypeScript. It is injected: whoever only validates has none. */
export interface ModuleLoader {
  /** Loads a module by its absolute path, and thereby runs it. Rejects with what the module threw, or why it cannot be loaded. */
  load(file: string): Promise<ModuleExports>;
}
