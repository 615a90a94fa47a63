// Lets plain Node run the TypeScript sources: strips the types of the project's own files when they are loaded.
import module from 'node:module';
import * as hooks from './source-hooks.mjs';

// Hooks in a thread of their own cost a question and an answer for each of many hundred modules; Node 22.15 and later need none.
if (module.registerHooks === undefined) module.register('./source-hooks.mjs', import.meta.url);
else module.registerHooks({ resolve: hooks.resolve, load: hooks.load });
