// Lets plain Node run the TypeScript sources: strips the types of the project's own files when they are loaded.
import { register } from 'node:module';

register('./source-hooks.mjs', import.meta.url);
