import type { Refusal } from '@headrace/core';

/** Below the broker's usual limit of 1 MiB for a batch of one partition. */
const chunkBytes = 900_000;

/** Why a row is refused for what it is. */
export interface RowReason {
  readonly code: string;
  readonly message: string;
}

/** What `sendRows` needs to know of the rows, which all go to one partition. */
export interface RowSender {
  readonly size: (row: number) => number;
  /** A text that rows of one key share; null for no key. */
  key(row: number): string | null;
  /** Says why a row cannot be sent at all, or null; absent where all can. */
  readonly fault?: ((row: number) => RowReason | null) | undefined;
  /** Sends rows together; resolves with the reason where the broker refused them for what they are, null where it took them. */
  send(rows: Int32Array): Promise<RowReason | null>;
}

/**
 * Sends rows in their order, in chunks of bounded size, each after the one before it. Where a chunk is refused it is halved until the
 * guilty rows stand alone. The later rows of a refused one's key are not sent, so that they do not overtake it; nothing is wrong with them, and
 * they may be sent again.
 */
export async function sendRows(rows: Int32Array, sender: RowSender): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const refusedKeys = new Set<string>();
  const refuse = (row: number, reason: RowReason): void => {
    refusals.push({ row, ...reason });
    const key = sender.key(row);
    if (key !== null) refusedKeys.add(key);
  };
  const isFree = (row: number): boolean => {
    const key = sender.key(row);
    const fault = sender.fault?.(row) ?? null;
    if (key !== null && refusedKeys.has(key)) refusals.push({ row, retryAfterMs: 0 });
    else if (fault !== null) refuse(row, fault);
    else return true;
    return false;
  };
  const send = async (chunk: Int32Array): Promise<void> => {
    const free = refusedKeys.size === 0 && sender.fault === undefined ? chunk : chunk.filter(isFree);
    if (free.length === 0) return;
    const reason = await sender.send(free);
    if (reason === null) return;
    if (free.length === 1) return refuse(free[0] as number, reason);
    const half = free.length >> 1;
    await send(free.subarray(0, half));
    await send(free.subarray(half));
  };
  for (let from = 0; from < rows.length;) {
    const to = chunkEnd(rows, from, sender.size);
    await send(rows.subarray(from, to));
    from = to;
  }
  return refusals;
}

/** Tells whether rows go in one batch; others are sent in several, one after another. */
export function fitsOneBatch(rows: Int32Array, size: (row: number) => number): boolean {
  return chunkEnd(rows, 0, size) === rows.length;
}

/** Returns where the chunk ends that begins at a place: of bounded size, but one row at least. */
function chunkEnd(rows: Int32Array, from: number, size: (row: number) => number): number {
  let bytes = 0;
  for (let at = from; at < rows.length; at++) {
    bytes += size(rows[at] as number);
    if (bytes > chunkBytes && at > from) return at;
  }
  return rows.length;
}
