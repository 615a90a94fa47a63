import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Returns the first place of a trace that lies in a folder of an author, as `file:line:column` from there; null where none does. */
export function authorFrame(error: Error, folder: string): string | null {
  const root = `${path.resolve(folder)}${path.sep}`;
  for (const line of (error.stack ?? '').split('\n')) {
    const [, named, at] =
      /^\s+at (?:.* \()?((?:file:\/\/|\/|[A-Za-z]:\\).*?)(?:\?[^?]*)?(:\d+:\d+)\)?$/.exec(line) ?? [];
    if (named === undefined || at === undefined) continue;
    const file = named.startsWith('file:') ? fileURLToPath(named) : named;
    if (file.startsWith(root) && !file.includes(`${path.sep}node_modules${path.sep}`))
      return `${file.slice(root.length)}${at}`;
  }
  return null;
}
