// Runs in the thread of module hooks of Node, once a process.
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'oxc-transform';

/** The packages that a topology may import where its folder does not have them: those of the command that runs it. */
const own = /^(?:headrace|@headrace\/[a-z]+)(?:\/|$)/;

/** Finds what a module of an author imports: a `.js` may stand for a `.ts`, and our own packages are always there. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    if (own.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
    if (/^\.{1,2}\/.*\.js$/.test(specifier)) return next(specifier.replace(/\.js$/, '.ts'), context);
    throw error;
  }
};

/** Takes the types out of TypeScript, with a source map, so that places are those that the author sees. */
export const load: LoadHook = async (url, context, next) => {
  if (!/^file:.*\.m?ts(?:\?.*)?$/.test(url) || url.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(url.replace(/\?.*$/, ''));
  const result = transformSync(file, await readFile(file, 'utf8'), {
    lang: 'ts',
    sourceType: 'module',
    sourcemap: true,
  });
  const [fault] = result.errors;
  if (fault !== undefined) throw new SyntaxError(`${file}: ${fault.message}\n${fault.codeframe ?? ''}`);
  const map = Buffer.from(JSON.stringify(result.map)).toString('base64');
  const source = `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}`;
  return { format: 'module', shortCircuit: true, source };
};
