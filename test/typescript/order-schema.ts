/** The schema of the orders that the tests of TypeScript topologies route. */
export const orderSchema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'customerId', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'country', type: ['null', 'string'], default: null },
    { name: 'amount', type: 'double' },
    { name: 'quantity', type: 'int' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
} as const;

/** The same with the total of each order. */
export const pricedSchema = {
  ...orderSchema,
  name: 'Priced',
  fields: [...orderSchema.fields, { name: 'total', type: 'double' }],
} as const;
