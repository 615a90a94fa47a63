import { fileURLToPath } from 'node:url';
import { builtInComponents, createRegistry } from '@headrace/core';
import { TopologyTestDriver } from '@headrace/testing';
import { afterEach, describe, expect, it } from 'vitest';

const file = fileURLToPath(new URL('./topology.json', import.meta.url));
const order = {
  orderId: 'o-1',
  customerId: 'c-1',
  status: 'PAID',
  country: 'DE',
  amount: 10.5,
  quantity: 2,
  placedAt: 1_767_225_600_000,
};

describe('the topology of orders', () => {
  let driver: TopologyTestDriver;
  const start = async (parameters: Record<string, string> = {}): Promise<void> => {
    driver = await TopologyTestDriver.create({ file, registry: createRegistry(builtInComponents), parameters });
  };
  afterEach(() => driver.stop());

  it('sends paid European orders, with their total, to the European sink', async () => {
    await start();
    await driver.send('orders', { value: order });
    await driver.settle();
    const [record, ...others] = driver.read('eu');
    expect(others).toEqual([]);
    expect(record).toMatchObject({ key: null, timestamp: order.placedAt, value: { orderId: 'o-1', total: 21 } });
  });

  it('leaves out what is not paid or below the least amount', async () => {
    await start({ minAmount: '5' });
    await driver.send('orders', [{ value: { ...order, status: 'NEW' } }, { value: { ...order, amount: 4.99 } }]);
    await driver.settle();
    expect(driver.read('eu')).toEqual([]);
    expect(driver.counters()['paid']).toMatchObject({ dropped: 2 });
  });

  it('sends orders of other regions and of none to the file', async () => {
    await start();
    await driver.send(
      'orders',
      ['US', 'JP', null].map((country) => ({ value: { ...order, country } })),
    );
    await driver.settle();
    expect(driver.read('rest').map(({ value }) => (value as typeof order).country)).toEqual(['US', 'JP', null]);
  });

  it('says of an order that cannot be read what is wrong with it', async () => {
    await start();
    await driver.send('orders', { raw: Buffer.from('{"orderId":"o-2","amount":"twelve"}') });
    await driver.settle();
    const [rejected] = driver.read('rejected');
    expect(rejected?.value).toMatchObject({
      code: expect.stringMatching(/^[A-Z_]+$/) as string,
      line: '{"orderId":"o-2","amount":"twelve"}',
    });
  });
});
