import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The list of the broker's jars. Whatever is kept between runs is keyed by its content. */
export const pomFile = fileURLToPath(new URL('./pom.xml', import.meta.url));

const cacheRoot = fileURLToPath(new URL('../../../node_modules/.cache/headrace-kafka/', import.meta.url));

/** Returns the folder that keeps what costs seconds to make for a list of jars, creating it when it is missing. */
export async function cacheDirectory(pom = pomFile): Promise<string> {
  const directory = join(cacheRoot, shortHash(await readFile(pom, 'utf8')));
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Returns 16 hexadecimal digits that stand for the text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Puts a file into the cache whole or not at all, since several test runs may do it at the same time. */
export async function keepFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const partial = `${to}.${randomUUID()}`;
  try {
    await copyFile(from, partial);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
