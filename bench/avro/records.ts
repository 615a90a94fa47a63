/** Is a kind of records that the benchmark reads and writes. */
export interface Records {
  readonly name: string;
  readonly schema: { type: 'record'; name: string; fields: unknown[] };
  /** Makes the record of a number. */
  make(index: number): Record<string, unknown>;
  /** The two fields that a filter reads, and the one that is changed: a double. */
  readonly text: string;
  readonly textValue: string;
  readonly number: string;
  readonly changed: string;
}

const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'PL', 'ES', 'IT', 'NL'];
const CURRENCIES = ['EUR', 'USD', 'GBP'];
const STATUS = ['NEW', 'PAID', 'SHIPPED', 'CANCELLED'];

const order = (index: number): Record<string, unknown> => ({
  orderId: `ord-2026-11-27-${String((index * 7919) % 1_000_003).padStart(8, '0')}`,
  customerId: (index * 104_729) % 1_000_000,
  status: STATUS[index % 7 < 4 ? 1 : index % 4],
  amount: ((index * 31) % 100_000) / 100,
  quantity: 1 + (index % 40),
  country: COUNTRIES[(index * 5) % 8],
  currency: CURRENCIES[index % 3],
  placedAt: 1_760_000_000_000 + index * 977,
  email: `first.last.${(index * 104_729) % 1_000_000}@mail.example-shop.com`,
  note: index % 3 === 0 ? `please ring twice, no ${index % 1000}` : null,
});

const ORDER_FIELDS = [
  { name: 'orderId', type: 'string' },
  { name: 'customerId', type: 'long' },
  { name: 'status', type: { type: 'enum', name: 'Status', symbols: STATUS } },
  { name: 'amount', type: 'double' },
  { name: 'quantity', type: 'int' },
  { name: 'country', type: 'string' },
  { name: 'currency', type: 'string' },
  { name: 'placedAt', type: 'long' },
  { name: 'email', type: 'string' },
  { name: 'note', type: ['null', 'string'] },
];

const WIDE_FIELDS = [
  ...ORDER_FIELDS,
  { name: 'channel', type: 'string' },
  { name: 'campaign', type: ['null', 'string'] },
  { name: 'discount', type: 'double' },
  { name: 'tax', type: 'double' },
  { name: 'shipping', type: 'double' },
  { name: 'warehouse', type: 'string' },
  { name: 'weightGrams', type: 'int' },
  { name: 'express', type: 'boolean' },
  { name: 'street', type: 'string' },
  { name: 'city', type: 'string' },
  { name: 'postcode', type: 'string' },
  { name: 'userAgent', type: 'string' },
  { name: 'sessionId', type: 'string' },
  { name: 'updatedAt', type: 'long' },
];

const wide = (index: number): Record<string, unknown> => ({
  ...order(index),
  channel: ['web', 'app', 'shop'][index % 3],
  campaign: index % 2 === 0 ? 'spring-sale' : null,
  discount: (index % 50) / 10,
  tax: (index % 1900) / 100,
  shipping: 4.9,
  warehouse: `wh-${index % 12}`,
  weightGrams: 100 + ((index * 37) % 9000),
  express: index % 5 === 0,
  street: `Hauptstrasse ${index % 400}`,
  city: ['Berlin', 'Hamburg', 'Paris', 'Lyon', 'Warszawa'][index % 5],
  postcode: String(10_000 + ((index * 13) % 89_999)),
  userAgent:
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 (compatible; shop-app/4.17.2; build 20261101)',
  sessionId: `${((index * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0').repeat(4)}`,
  updatedAt: 1_760_000_100_000 + index * 977,
});

/** The record of ten fields and some 100 bytes, and the one of 24 fields and some 330 bytes. */
export const RECORDS: readonly Records[] = [
  {
    name: '10 fields',
    schema: { type: 'record', name: 'Order', fields: ORDER_FIELDS },
    make: order,
    text: 'country',
    textValue: 'DE',
    number: 'amount',
    changed: 'amount',
  },
  {
    name: '24 fields',
    schema: { type: 'record', name: 'WideOrder', fields: WIDE_FIELDS },
    make: wide,
    text: 'country',
    textValue: 'DE',
    number: 'amount',
    changed: 'amount',
  },
];
