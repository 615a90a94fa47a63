import { readFile } from 'node:fs/promises';
import type { LookupFunction } from '@headrace/core';

/** What the lookup reads of an order; schemas/order.avsc has all of it. */
interface Order {
  readonly customerId: string;
}

/** What the lookup answers; schemas/customer.avsc says it for the topology. */
export interface Customer {
  readonly name: string;
  readonly tier: 'GOLD' | 'STANDARD';
}

/** Finds the customer of an order in a file, which stands for a service or a database. */
export const findCustomer: LookupFunction<Order, Customer> = async ({ customerId }, _record, { signal }) => {
  const file = new URL('./data/customers.json', import.meta.url);
  const customers = JSON.parse(await readFile(file, { encoding: 'utf8', signal })) as Readonly<
    Record<string, Customer>
  >;
  const customer = customers[customerId];
  // Asking again would not help.
  if (customer === undefined) throw Object.assign(new Error('There is no such customer.'), { retryable: false });
  return customer;
};
