import { HeadraceError, type ModuleLoader, type Registry } from '@headrace/core';
import { TopologyTestDriver } from './topology-test-driver.ts';

/** An operator to try: its options, and what comes in. */
export interface OperatorTrial {
  /** The node as a topology would write it, without its input. */
  readonly node: { readonly type: string; readonly [option: string]: unknown };
  /** The Avro schema of what comes in; without one the values are dynamic. */
  readonly schema?: unknown;
  readonly values: readonly unknown[];
  readonly registry: Registry;
  readonly modules?: ModuleLoader;
}

/** Runs an operator by itself, through the real runtime, and returns the values that left by each of its ports, errors included. */
export async function runOperator(trial: OperatorTrial): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { node, schema, values, registry, modules } = trial;
  const operator = registry.operator(node.type);
  if (operator === undefined)
    throw new HeadraceError('UNKNOWN_TYPE', `There is no operator of the type "${node.type}".`);
  const options = Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'type'));
  const ports = [...operator.ports(options).map(({ port }) => port), 'error'];
  const from = (port: string) => (port === 'out' ? 'subject' : `subject.${port}`);
  const driver = await TopologyTestDriver.create({
    file: 'operator.ts',
    definition: {
      headrace: 1,
      name: 'operator',
      sources: {
        records: { type: 'file', path: './in', value: schema === undefined ? 'json' : { codec: 'json', schema } },
      },
      operators: { subject: { ...node, input: 'records' } },
      sinks: Object.fromEntries(ports.map((port, i) => [`port${String(i)}`, { type: 'drop', input: from(port) }])),
    },
    registry,
    ...(modules !== undefined && { modules }),
  });
  try {
    await driver.send(
      'records',
      values.map((value) => ({ value })),
    );
    await driver.end();
    return Object.fromEntries(
      ports.map((port, i) => [port, driver.read(`port${String(i)}`).map(({ value }) => value)]),
    );
  } finally {
    await driver.stop().catch(() => undefined);
  }
}
