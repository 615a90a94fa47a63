// Preloaded by a test: writes the URL of each module that is loaded into the file that LOADED_MODULES names.
import { appendFileSync } from 'node:fs';
import module from 'node:module';

if (module.registerHooks === undefined) module.register('./list-modules-hooks.mjs', import.meta.url);
else
  module.registerHooks({
    load(url, context, next) {
      appendFileSync(process.env['LOADED_MODULES'], `${url}\n`);
      return next(url, context);
    },
  });
