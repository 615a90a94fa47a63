import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'oxc-transform';

const workspace = new URL('..', import.meta.url).href;

/** Resolves the project's own packages to their sources. */
export function resolve(specifier, context, nextResolve) {
  return nextResolve(specifier, { ...context, conditions: ['@headrace/source', ...context.conditions] });
}

/** Strips the types of the project's `.ts` files outside `node_modules`; everything else goes to the next hook, topologies of others to those of the command. */
export function load(url, context, nextLoad) {
  if (!url.startsWith(workspace) || !url.endsWith('.ts') || url.includes('/node_modules/'))
    return nextLoad(url, context);
  const file = fileURLToPath(url);
  const result = transformSync(file, readFileSync(file, 'utf8'), {
    lang: 'ts',
    sourceType: 'module',
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
  });
  if (result.errors.length > 0)
    throw new SyntaxError(`${file}: ${result.errors[0].message}\n${result.errors[0].codeframe ?? ''}`);
  const map = Buffer.from(JSON.stringify(result.map)).toString('base64');
  return {
    format: 'module',
    shortCircuit: true,
    source: `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}`,
  };
}
