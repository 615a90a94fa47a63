// The same topology as topology.json, in TypeScript: `headrace graph` prints the same for both.
import { branch, defineTopology, file, fileSink, json, lookup, map, stdoutSink } from '@headrace/core';
import { findCustomer } from './customers.ts';

/** An order as it comes; schemas/order.avsc says it for the files. */
interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly quantity: number;
}

export default defineTopology('order-enrichment', ({ source }) => {
  const known = source(
    'orders',
    file({ path: './data/orders.ndjson', value: json<Order>('./schemas/order.avsc'), timestamp: 'placedAt' }),
  ).pipe(
    // Asks who the customer is. Orders leave in the order in which they came, however long the answers take.
    lookup(
      'withCustomer',
      {
        as: 'customer',
        returns: './schemas/customer.avsc',
        timeout: '2s',
        retry: { attempts: 3, delay: '10ms' },
        cache: { ttl: '10m', max: 10_000, by: 'customerId' },
        // Where no answer comes, the order goes on without a customer.
        fallback: 'null',
      },
      findCustomer,
    ),
    branch('known', [{ port: 'yes', where: 'customer != null' }]),
  );
  known
    .port('yes')
    .pipe(
      map('priced', {
        let: { discount: "customer != null && customer.tier == 'GOLD' ? 0.1 : 0.0" },
        select: {
          orderId: 'orderId',
          customer: "customer != null ? customer.name : ''",
          discount: 'discount',
          total: 'math.round(amount * double(quantity) * (1.0 - discount) * 100.0) / 100.0',
        },
      }),
    )
    .to('shop', stdoutSink({ value: 'json' }));
  known.port('unmatched').to('byHand', fileSink({ path: './out/by-hand.ndjson', value: 'json', existing: 'replace' }));
});
