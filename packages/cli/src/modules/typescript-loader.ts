import { register } from 'node:module';
import { setSourceMapsEnabled } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { ModuleExports, ModuleLoader } from '@headrace/core';
import { authorModules } from './author-modules.ts';
import { loadedInTime } from './loaded-in-time.ts';

/** How long a topology may take to load; what its file says of times is not known before. As long as `nodeTimeout` unless written. */
const longestMs = 30_000;

let registered = false;

/** Loads modules in JavaScript and TypeScript by Node itself, without a build: types are taken out on the way. */
export const typescriptLoader: ModuleLoader = {
  async load(file, context = { longestMs, nodes: [] }) {
    if (!registered) {
      registered = true;
      setSourceMapsEnabled(true);
      // Under its sources this file ends with `.ts`, and so do the hooks beside it.
      register(
        new URL(import.meta.url.endsWith('.ts') ? './typescript-hooks.ts' : './typescript-hooks.js', import.meta.url),
      );
    }
    authorModules.last = authorModules.loading = { file, nodes: context.nodes };
    try {
      return await loadedInTime(import(pathToFileURL(file).href) as Promise<ModuleExports>, context.longestMs);
    } finally {
      authorModules.loading = null;
    }
  },
};
