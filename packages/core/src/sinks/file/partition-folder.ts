import type { Header } from '../../record/columns.ts';
import { routePrefix } from '../../record/route-headers.ts';

/** The value of a folder for null, as Hive and those who read its folders write it. */
const nullFolder = '__HIVE_DEFAULT_PARTITION__';

/** More bytes a name in a folder cannot have on the file systems that are in use. */
const longestName = 255;

/** Returns the name of the header that carries the value of a folder. */
export function folderHeader(name: string): string {
  return `${routePrefix}${name}`;
}

/**
 * Returns the folders of a record, `dt=2026-01-31/country=DE`, by the values that its headers carry; null where one of them is
 * too long for a file system. Whatever a value holds, it is one folder below the last: no value leads out.
 */
export function partitionFolder(names: readonly string[], headers: readonly Header[]): string | null {
  const folders: string[] = [];
  // They were added last, in this order.
  const first = headers.length - names.length;
  for (const [index, name] of names.entries()) {
    const header = headers[first + index];
    const value = header?.name === folderHeader(name) ? header.value : null;
    const folder = `${name}=${value === null ? nullFolder : encodeValue(value)}`;
    if (folder.length > longestName) return null;
    folders.push(folder);
  }
  return folders.join('/');
}

/** Encodes all but the unreserved characters of RFC 3986, byte by byte of UTF-8. A text that reads like null is told apart from it. */
function encodeValue(value: Uint8Array): string {
  let text = '';
  for (const byte of value) text += encoded[byte] as string;
  return text === nullFolder ? `%5F${text.slice(1)}` : text;
}

const encoded: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});
