import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { fitsPart, isPattern } from '../../files/path-pattern.ts';

/** A file to read. */
export interface SourceFile {
  /** Relative to the topology's folder, with `/` between its parts: the same on every machine. */
  readonly name: string;
  readonly path: string;
}

/**
 * Lists the files of paths and patterns (`*`, `?`, `**`), each once, in the order of their names. Throws `FILE_NOT_FOUND` for a
 * path or pattern that there is no file for.
 */
export async function listFiles(
  node: string,
  paths: readonly string[],
  resolve: (file: string) => string,
): Promise<SourceFile[]> {
  const base = resolve('.');
  const found = new Map<string, SourceFile>();
  for (const written of paths) {
    const matches = isPattern(written) ? await matching(node, resolve(written)) : [resolve(written)];
    if (matches.length === 0) throw notFound(node, written, `No file matches "${written}"`);
    for (const file of matches) {
      if (!isPattern(written)) await expectFile(node, written, file);
      const name = path.relative(base, file).split(path.sep).join('/');
      found.set(name, { name, path: file });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function expectFile(node: string, written: string, file: string): Promise<void> {
  const entry = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (entry instanceof Error) {
    if (entry.code !== 'ENOENT' && entry.code !== 'ENOTDIR') throw readFailed(node, file, entry);
    throw notFound(node, file, `The file "${written}" does not exist`);
  }
  if (entry.isDirectory())
    throw notFound(node, file, `"${written}" is a folder, not a file; "${written}/*" stands for the files in it`);
}

/** Wraps what a file system reports while reading. */
export function readFailed(node: string, file: string, cause: unknown): HeadraceError {
  if (cause instanceof HeadraceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HeadraceError(
    'READ_FAILED',
    `The file "${file}" of source "${node}" cannot be read: ${sentence(reason)}`,
    {
      place: { node, file },
      cause,
    },
  );
}

function sentence(reason: string): string {
  return reason.endsWith('.') ? reason : `${reason}.`;
}

function notFound(node: string, file: string, what: string): HeadraceError {
  return new HeadraceError('FILE_NOT_FOUND', `${what} (source "${node}").`, { place: { node, file } });
}

/** Walks the folders below the part of a pattern that has no signs in it. */
async function matching(node: string, pattern: string): Promise<string[]> {
  const parts = pattern.split(path.sep);
  const fixed = parts.findIndex(isPattern);
  const root = parts.slice(0, fixed).join(path.sep) || path.sep;
  try {
    return await walk(root, parts.slice(fixed));
  } catch (error) {
    throw readFailed(node, pattern, error);
  }
}

async function walk(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part = '', ...rest] = parts;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const found: string[] = part === '**' ? await walk(folder, rest) : [];
  for (const entry of entries) {
    const at = path.join(folder, entry.name);
    // A name with a dot before it is hidden: only a pattern that says so finds it.
    if (part === '**') {
      if (entry.isDirectory() && !entry.name.startsWith('.')) found.push(...(await walk(at, parts)));
    } else if (fitsPart(part, entry.name)) {
      if (rest.length > 0) found.push(...(await walk(at, rest)));
      else if ((await stat(at).catch(() => null))?.isFile() === true) found.push(at);
    }
  }
  return found;
}
