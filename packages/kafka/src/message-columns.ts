import { bytesColumn } from '@headrace/core';
import type { Columns, Header } from '@headrace/core';
import type { IHeaders, KafkaMessage } from 'kafkajs';

const pieceRecords = 4096;
const pieceBytes = 1 << 20;

/** Copies messages into columns, in pieces of bounded size: the buffer of a fetch is shared by partitions that are read at other times. */
export function messageColumns(messages: readonly KafkaMessage[]): Columns[] {
  const pieces: Columns[] = [];
  let from = 0;
  let bytes = 0;
  messages.forEach((message, index) => {
    const size = (message.key?.length ?? 0) + (message.value?.length ?? 0);
    if (index > from && (index - from >= pieceRecords || bytes + size > pieceBytes)) {
      pieces.push(columnsOf(messages.slice(from, index)));
      from = index;
      bytes = 0;
    }
    bytes += size;
  });
  if (from < messages.length) pieces.push(columnsOf(messages.slice(from)));
  return pieces;
}

function columnsOf(messages: readonly KafkaMessage[]): Columns {
  return {
    count: messages.length,
    offsets: Float64Array.from(messages, ({ offset }) => Number(offset)),
    timestamps: Float64Array.from(messages, ({ timestamp }) => Number(timestamp)),
    keys: bytesColumn(messages.map(({ key }) => key)),
    values: bytesColumn(messages.map(({ value }) => value)),
    headers: { kind: 'objects', items: messages.map(({ headers }) => headersOf(headers)) },
  };
}

/** kafkajs has sorted the headers by name; the values of a name that repeats are a list. */
function headersOf(headers: IHeaders | undefined): readonly Header[] | null {
  if (headers === undefined) return null;
  const result: Header[] = [];
  for (const [name, values] of Object.entries(headers)) {
    for (const value of Array.isArray(values) ? values : [values]) result.push({ name, value: copyOf(value) });
  }
  return result.length === 0 ? null : result;
}

function copyOf(value: Buffer | string | null | undefined): Uint8Array | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? Buffer.from(value) : Uint8Array.from(value);
}
