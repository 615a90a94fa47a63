import type { Decimal, Duration } from '@headrace/avro';

/**
 * An order.
 * Of a customer.
 */
export interface Order {
  /** Unique * / for ever. */
  id: number;
  wide: bigint;
  wides: { [key: string]: bigint | null };
  own: bigint;
  count: number;
  rate: number;
  price: number;
  paid: boolean;
  raw: Uint8Array;
  nothing: null;
  day: number;
  at: number;
  exactly: bigint;
  total: Decimal;
  fee: Decimal;
  key: string;
  hash: Uint8Array;
  uid: string;
  took: Duration;
  odd: string;
  status: Status;
  before: Status | null;
  note: string | null;
  lines: (OrderLine | null)[];
  tags: { [key: string]: number };
  parent: Order | null;
  ref:
    | null
    | { int: number }
    | { string: string }
    | { 'shop.order_line': OrderLine }
    | { array: Status[] }
    | { 'other.Status': OtherStatus };
  either: { int: number } | { long: bigint };
}

export type Status = 'NEW' | 'PAID';

export interface OrderLine {
  sku: string;
  of: Order | null;
}

export type OtherStatus = 'X';
