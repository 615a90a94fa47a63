import type { Refusal } from '@headrace/core';

/** Below the broker's usual limit of 1 MiB for a batch of one partition. */
const chunkBytes = 900_000;

/** What `sendRows` needs to know of the rows, which all go to one partition. */
export interface RowSender {
  size(row: number): number;
  /** A text that rows of one key share; null for no key. */
  key(row: number): string | null;
  /** Sends rows together; resolves with the reason where the broker refused them for what they are, null where it took them. */
  send(rows: readonly number[]): Promise<{ code: string; message: string } | null>;
}

/**
 * Sends rows in their order, in chunks of bounded size, each after the one before it. Where a chunk is refused it is halved until the
 * guilty rows stand alone. A refused row refuses the later ones of its key, so that they do not overtake it.
 */
export async function sendRows(rows: readonly number[], sender: RowSender): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const reasons = new Map<string, { code: string; message: string }>();
  const refuse = (row: number, reason: { code: string; message: string }): void => {
    refusals.push({ row, ...reason });
    const key = sender.key(row);
    if (key !== null) reasons.set(key, reason);
  };
  const isFree = (row: number): boolean => {
    const key = reasons.size === 0 ? null : sender.key(row);
    const reason = key === null ? undefined : reasons.get(key);
    if (reason !== undefined) refuse(row, reason);
    return reason === undefined;
  };
  const send = async (chunk: readonly number[]): Promise<void> => {
    const free = chunk.filter(isFree);
    if (free.length === 0) return;
    const reason = await sender.send(free);
    if (reason === null) return;
    if (free.length === 1) return refuse(free[0] as number, reason);
    const half = free.length >> 1;
    await send(free.slice(0, half));
    await send(free.slice(half));
  };
  for (const chunk of chunks(rows, sender)) await send(chunk);
  return refusals;
}

/** Tells whether rows go in one batch; others are sent in several, one after another. */
export function fitsOneBatch(rows: readonly number[], size: (row: number) => number): boolean {
  let bytes = 0;
  for (const row of rows) bytes += size(row);
  return rows.length === 1 || bytes <= chunkBytes;
}

function chunks(rows: readonly number[], sender: RowSender): number[][] {
  const result: number[][] = [];
  let chunk: number[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sender.size(row);
    if (chunk.length > 0 && bytes + size > chunkBytes) {
      result.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(row);
    bytes += size;
  }
  if (chunk.length > 0) result.push(chunk);
  return result;
}
