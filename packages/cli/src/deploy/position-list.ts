import { readFile, writeFile } from 'node:fs/promises';
import { HeadraceError, type TopicPartition } from '@headrace/core';

/** Offsets by partition. */
export type Positions = ReadonlyMap<TopicPartition, number>;

/**
 * Reads positions as `kafka-consumer-groups --export` writes them: a line `topic,partition,offset` each; empty lines and lines that
 * begin with `#` count for nothing. Throws `FILE_NOT_FOUND`, and `WRONG_RESET` for a line that is none.
 */
export async function readPositions(file: string): Promise<Positions> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const message = `The file of positions "${file}" cannot be read: ${(cause as Error).message}.`;
    throw new HeadraceError('FILE_NOT_FOUND', message, { place: { file }, cause });
  }
  const positions = new Map<TopicPartition, number>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, topic, partition, offset] =
      /^"?([A-Za-z0-9._-]{1,249})"?\s*,\s*(\d{1,9})\s*,\s*(\d{1,15})\s*$/.exec(line) ?? [];
    const name: TopicPartition = `${topic ?? ''}/${Number(partition)}`;
    if (topic === undefined || positions.has(name)) {
      const what = topic === undefined ? 'is not "topic,partition,offset"' : `is the second one for ${name}`;
      throw new HeadraceError('WRONG_RESET', `Line ${i + 1} of "${file}" ${what}.`, { place: { file } });
    }
    positions.set(name, Number(offset));
  }
  return positions;
}

/** Writes positions as they are read; never over a file that is there. Throws `FILE_EXISTS`. */
export async function writePositions(file: string, positions: Positions): Promise<void> {
  const lines = [...positions].map(([name, offset]) => {
    const slash = name.lastIndexOf('/');
    return `${name.slice(0, slash)},${name.slice(slash + 1)},${String(offset)}\n`;
  });
  try {
    await writeFile(file, lines.join(''), { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new HeadraceError('FILE_EXISTS', `"${file}" is there already. Positions are not written over it.`, {
      place: { file },
      cause,
    });
  }
}
