import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'oxc-transform';

/** Resolves the project's own packages to their sources. */
export function resolve(specifier, context, nextResolve) {
  return nextResolve(specifier, { ...context, conditions: ['@headrace/source', ...context.conditions] });
}

/** Strips the types of `.ts` files outside `node_modules`; everything else goes to the next hook. */
export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/')) return nextLoad(url, context);
  const file = fileURLToPath(url);
  const result = transformSync(file, readFileSync(file, 'utf8'), {
    lang: 'ts',
    sourceType: 'module',
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
  });
  if (result.errors.length > 0) throw new SyntaxError(`${file}: ${result.errors[0].message}`);
  const map = Buffer.from(JSON.stringify(result.map)).toString('base64');
  return {
    format: 'module',
    shortCircuit: true,
    source: `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}`,
  };
}
