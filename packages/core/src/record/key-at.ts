import { bytesAt, type Column } from './columns.ts';

/** Returns a text that two rows share exactly if they have the same key; null for a row without one. Keys are bytes, as sinks get them. */
export function keyAt(keys: Column, row: number): string | null {
  const key = keys.kind === 'bytes' ? bytesAt(keys, row) : keys.items[row];
  if (key === null || key === undefined) return null;
  if (key instanceof Uint8Array) return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
  return JSON.stringify(key, (_name, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value));
}
