import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { builtInComponents, createRegistry, type Component, type ModuleLoader } from '@headrace/core';
import { TopologyTestDriver, type TestDriverOptions } from '@headrace/testing';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** Loads the files beside this one. */
const modules: ModuleLoader = {
  load: (file) => import(file) as Promise<Readonly<Record<string, unknown>>>,
};

/** An order as most of these tests send it. */
export const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
  ],
};

/** A source of JSON with a schema. */
export function orders(schema: unknown = order): object {
  return { type: 'file', path: 'in.ndjson', value: { codec: 'json', schema } };
}

interface Parts {
  readonly run?: object;
  readonly sources?: Readonly<Record<string, object>>;
  readonly operators: Readonly<Record<string, object>>;
  readonly sinks: Readonly<Record<string, object>>;
}

/** Drives a topology whose source "in" reads orders unless it says so. */
export function drive(
  { run, sources = { in: orders() }, operators, sinks }: Parts,
  options: Partial<TestDriverOptions> = {},
  components: readonly Component[] = [],
): Promise<TopologyTestDriver> {
  return TopologyTestDriver.create({
    file: path.join(folder, 'topology.json'),
    text: JSON.stringify({ headrace: 1, name: 'driven', run, sources, operators, sinks }),
    registry: createRegistry([...builtInComponents, ...components]),
    modules,
    ...options,
  });
}

/** A sink that writes JSON of what a node gives. */
export function sink(input: string | readonly string[]): object {
  return { type: 'stdout', input, value: 'json' };
}

/** Returns the values that a sink was given since the last look. */
export function values(driver: TopologyTestDriver, from: string): unknown[] {
  return driver.read(from).map(({ value }) => value);
}
