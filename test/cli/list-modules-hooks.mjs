import { appendFileSync } from 'node:fs';

/** Notes a module, and lets others load it. */
export function load(url, context, nextLoad) {
  appendFileSync(process.env['LOADED_MODULES'], `${url}\n`);
  return nextLoad(url, context);
}
