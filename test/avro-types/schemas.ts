/** A record with every kind of type; its printed types stand in printed.ts. */
export const orderSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  doc: 'An order.\nOf a customer.',
  fields: [
    { name: 'id', type: 'long', doc: 'Unique */ for ever.' },
    { name: 'wide', type: 'long', 'headrace.long': 'bigint' },
    { name: 'wides', type: { type: 'map', values: ['null', 'long'] }, 'headrace.long': 'bigint' },
    { name: 'own', type: { type: 'long', 'headrace.long': 'bigint' } },
    { name: 'count', type: 'int', default: 1 },
    { name: 'rate', type: 'float' },
    { name: 'price', type: 'double' },
    { name: 'paid', type: 'boolean' },
    { name: 'raw', type: 'bytes' },
    { name: 'nothing', type: 'null' },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'exactly', type: { type: 'long', logicalType: 'timestamp-nanos' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'fee', type: { type: 'fixed', name: 'Fee', size: 4, logicalType: 'decimal', precision: 5, scale: 2 } },
    { name: 'key', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
    { name: 'uid', type: { type: 'fixed', name: 'Uid', size: 16, logicalType: 'uuid' } },
    { name: 'took', type: { type: 'fixed', name: 'Took', size: 12, logicalType: 'duration' } },
    { name: 'odd', type: { type: 'string', logicalType: 'date' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'before', type: ['null', 'Status'], default: null },
    { name: 'note', type: ['string', 'null'] },
    { name: 'lines', type: { type: 'array', items: ['null', { type: 'record', name: 'order_line', fields: [{ name: 'sku', type: 'string' }, { name: 'of', type: ['null', 'Order'] }] }] } }, // prettier-ignore
    { name: 'tags', type: { type: 'map', values: 'double' } },
    { name: 'parent', type: ['null', 'shop.Order'], default: null },
    { name: 'ref', type: ['null', 'int', 'string', 'order_line', { type: 'array', items: 'Status' }, { type: 'enum', name: 'other.Status', symbols: ['X'] }] }, // prettier-ignore
    { name: 'either', type: ['int', { type: 'long', logicalType: 'timestamp-nanos' }] },
  ],
} as const;

/** A list that holds itself, without a namespace. */
export const treeSchema = {
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'label', type: 'string' },
    { name: 'children', type: { type: 'array', items: 'Tree' } },
  ],
} as const;

/** A type that is no record. */
export const choiceSchema = ['null', 'long', { type: 'map', values: treeSchema }] as const;
