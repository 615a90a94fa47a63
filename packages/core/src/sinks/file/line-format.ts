import { joinedLines } from '../lines.ts';
import { nothing, type FileFormat } from './file-encoder.ts';

/** Makes the format of files of one line a record; `head` is the line that each begins with, null for none. */
export function lineFormat(head: string | null): FileFormat {
  const encoder = {
    begin: () => nothing,
    encode: joinedLines,
    flush: () => nothing,
  };
  const first = head === null ? nothing : Buffer.from(`${head}\n`);
  return { begin: () => ({ ...encoder, begin: () => first }), goOn: async () => encoder };
}
