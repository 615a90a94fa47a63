// Preloaded by a test: writes the URL of each module that is loaded into the file that LOADED_MODULES names.
import { register } from 'node:module';

register('./list-modules-hooks.mjs', import.meta.url);
