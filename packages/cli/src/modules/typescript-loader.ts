import { register } from 'node:module';
import { setSourceMapsEnabled } from 'node:process';
import { pathToFileURL } from 'node:url';
import { authorModules } from './author-modules.ts';
import type { ModuleExports, ModuleLoader } from '@headrace/core';

let registered = false;

/** Loads modules in JavaScript and TypeScript by Node itself, without a build: types are taken out on the way. */
export const typescriptLoader: ModuleLoader = {
  async load(file) {
    if (!registered) {
      registered = true;
      setSourceMapsEnabled(true);
      // Under its sources this file ends with `.ts`, and so do the hooks beside it.
      register(
        new URL(import.meta.url.endsWith('.ts') ? './typescript-hooks.ts' : './typescript-hooks.js', import.meta.url),
      );
    }
    authorModules.loading = file;
    authorModules.last = file;
    try {
      return (await import(pathToFileURL(file).href)) as ModuleExports;
    } finally {
      authorModules.loading = null;
    }
  },
};
