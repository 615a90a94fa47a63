import { readFileSync } from 'node:fs';
import { nullColumn, type Columns } from '@headrace/core';
import avsc from 'avsc';

/** The fields of an order; the value is 92 bytes of Avro, its key 8. */
export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly status: 'NEW' | 'PAID' | 'SENT';
  readonly country: string;
  readonly amount: number;
  readonly quantity: number;
  readonly note: string;
}

const typeOf = (name: string): avsc.Type =>
  avsc.Type.forSchema(
    JSON.parse(readFileSync(new URL(`./schemas/${name}.avsc`, import.meta.url), 'utf8')) as avsc.Schema,
  );

/** The types of what is read and what is written. */
export const orderType = typeOf('order');
export const resultType = typeOf('result');

const statuses = ['PAID', 'NEW', 'SENT', 'PAID'] as const;
const recordBytes = 100;
const keyBytes = 8;

/** Makes the order of a number: always the same, of which three of eight are kept by the filter. */
export function orderOf(n: number): Order {
  const order = {
    id: n,
    customer: `customer-${String(n % 1000).padStart(4, '0')}`,
    status: statuses[n % 4] as Order['status'],
    country: ['DE', 'FR', 'US', 'PL', 'IT'][n % 5] as string,
    amount: (n % 8 < 2 ? 1 : 200) + (n % 97),
    quantity: 1 + (n % 9),
    note: '',
  };
  const room = recordBytes - keyBytes - orderType.toBuffer(order).length;
  return { ...order, note: 'x'.repeat(room) };
}

/** Writes orders from a number on as columns of 100-byte records. */
export function orderColumns(from: number, count: number, timestamp: number): Columns {
  const buffer = Buffer.alloc(count * recordBytes);
  const keyStarts = new Int32Array(count);
  const valueStarts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const start = row * recordBytes;
    buffer.write(String((from + row) % 100_000).padStart(keyBytes, '0'), start, 'latin1');
    orderType.toBuffer(orderOf(from + row)).copy(buffer, start + keyBytes);
    keyStarts[row] = start;
    valueStarts[row] = start + keyBytes;
    ends[row] = start + recordBytes;
  }
  const column = { kind: 'bytes', buffer, schemaIds: null } as const;
  return {
    count,
    offsets: Float64Array.from({ length: count }, (_, row) => from + row),
    timestamps: new Float64Array(count).fill(timestamp),
    keys: { ...column, starts: keyStarts, ends: valueStarts },
    values: { ...column, starts: valueStarts, ends },
    headers: nullColumn(count),
  };
}
