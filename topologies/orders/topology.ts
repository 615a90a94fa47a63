// The same topology as topology.json, in TypeScript: `headrace graph` prints the same for both.
import { branch, defineTopology, file, fileSink, filter, json, map, stdoutSink } from '@headrace/core';

/** An order as it comes; schemas/order.avsc says it for the files. */
interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: string;
  readonly country: string | null;
  readonly amount: number;
  readonly quantity: number;
}

const parameters = {
  // Orders below this amount are left out: --set minAmount=10
  minAmount: { type: 'double', default: 0 },
} as const;

export default defineTopology('orders', { parameters }, ({ source }) => {
  const orders = source(
    'orders',
    file({ path: './data/orders.ndjson', value: json<Order>('./schemas/order.avsc'), timestamp: 'placedAt' }),
  );
  const region = orders.pipe(
    filter('paid', "status == 'PAID' && amount >= params.minAmount"),
    map('priced', { set: { total: 'amount * double(quantity)' }, keyBy: 'customerId' }),
    branch('region', [
      { port: 'eu', where: "country in ['DE', 'FR', 'IT']" },
      { port: 'us', where: "country == 'US'" },
    ]),
  );
  // Orders that cannot be read: which line, and why.
  const unreadable = orders.port('error').pipe(
    map('unreadable', {
      select: {
        code: 'error.code',
        reason: 'error.message',
        offset: 'record.offset',
        line: 'string(record.value)',
      },
    }),
  );
  region.port('eu').to('eu', stdoutSink({ value: json(undefined, { timestamps: 'iso' }) }));
  region
    .port('us')
    .merge([region.port('unmatched')])
    .to('rest', fileSink({ path: './out/rest.ndjson', value: 'json', existing: 'replace' }));
  unreadable.to('rejected', fileSink({ path: './out/rejected.ndjson', value: 'json', existing: 'replace' }));
});
