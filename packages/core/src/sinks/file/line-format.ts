import { HeadraceError } from '../../errors/headrace-error.ts';
import { openInput, piecesOf } from '../../files/byte-input.ts';
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
  return {
    begin: () => ({ ...encoder, begin: () => first }),
    async goOn(file) {
      if (first.length === 0 || (await beginsWith(file, first))) return encoder;
      const message = `The file "${file}" was written with other columns. Move it away, so that a new one is begun, or run with --from earliest.`;
      throw new HeadraceError('FILE_CHANGED', message, { place: { file } });
    },
  };
}

async function beginsWith(file: string, bytes: Uint8Array): Promise<boolean> {
  const input = await openInput(file, 0);
  if (input === null) return false;
  let read = Buffer.alloc(0);
  for await (const piece of piecesOf(input, bytes.length)) {
    read = Buffer.concat([read, piece]);
    if (read.length >= bytes.length) break;
  }
  return read.subarray(0, bytes.length).equals(bytes);
}
