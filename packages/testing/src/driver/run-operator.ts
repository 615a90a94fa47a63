import { HeadraceError, type ModuleLoader, type Registry } from '@headrace/core';
import { withMocks, type Mocks } from '../cases/mock-lookups.ts';
import { anyRecords, withAnyRecords } from './any-records.ts';
import { passAll } from './pass-all.ts';
import type { ReceivedRecord, SentRecord } from './test-record.ts';
import { TopologyTestDriver } from './topology-test-driver.ts';

/** An operator to try: its options, and what comes in. */
export interface OperatorTrial {
  /** The node as a topology would write it, without its input; where a topology names a function, the function itself may stand. */
  readonly node: { readonly type: string; readonly [option: string]: unknown };
  /** The Avro schema of what comes in; without one the values are dynamic. */
  readonly schema?: unknown;
  /** How keys are read, where they matter; keys are text unless said. */
  readonly key?: unknown;
  /** What comes in: values, or records with keys, headers and times. They come in this order. */
  readonly values?: readonly unknown[];
  readonly records?: readonly SentRecord[];
  /** What an operator that asks is answered, as in `mocks` of test files. */
  readonly mocks?: Mocks[string];
  readonly registry: Registry;
  /** Loads the files of `$use`, where the node names them. */
  readonly modules?: ModuleLoader;
  /** The file that paths within the node resolve from; one in the folder of the process unless said. */
  readonly file?: string;
}

/** A record that failed: its value as it came in, and why. */
export interface FailedRecord {
  readonly value: unknown;
  readonly code: string;
  readonly message: string;
}

/** What left an operator: values by port, and what failed. */
export interface OperatorResults {
  readonly error: readonly FailedRecord[];
  readonly [port: string]: readonly unknown[];
}

/**
 * Runs an operator by itself, through the real runtime on virtual time, and returns the values that left by each of its ports, and the
 * records that failed with their codes. Throws one error with all findings where the options are wrong.
 */
export async function runOperator(trial: OperatorTrial): Promise<OperatorResults> {
  const { error, ...ports } = await runOperatorRecords(trial);
  const values = Object.entries(ports).map(([port, records]) => [port, records.map(({ value }) => value)]);
  const failed = (error ?? []).map(({ value, failure }) => ({
    value,
    code: failure?.code ?? '',
    message: failure?.message ?? '',
  }));
  return { ...(Object.fromEntries(values) as Readonly<Record<string, readonly unknown[]>>), error: failed };
}

/** Runs an operator as `runOperator` does, and returns whole records: with their keys, times and headers. */
export async function runOperatorRecords(
  trial: OperatorTrial,
): Promise<Readonly<Record<string, readonly ReceivedRecord[]>>> {
  const { node, registry, modules, file = 'operator.ts' } = trial;
  const operator = registry.operator(node.type);
  if (operator === undefined)
    throw new HeadraceError('UNKNOWN_TYPE', `There is no operator of the type "${node.type}".`);
  const options = Object.fromEntries(Object.entries(node).filter(([name]) => name !== 'type'));
  const ports = [...operator.ports(options).map(({ port }) => port), 'error'];
  const definition = topologyOf(trial, ports);
  const driver = await TopologyTestDriver.create({
    file,
    definition: trial.mocks === undefined ? definition : withMocks(definition, { subject: trial.mocks }),
    registry: withAnyRecords(registry),
    outputs: ports.map(fromOf),
    ...(modules !== undefined && { modules }),
  });
  try {
    await driver.send('records', trial.records ?? (trial.values ?? []).map((value) => ({ value })));
    await passAll(driver);
    await driver.end();
    return Object.fromEntries(ports.map((port) => [port, driver.read(fromOf(port))]));
  } finally {
    await driver.stop().catch(() => undefined);
  }
}

function topologyOf({ node, schema, key = 'string' }: OperatorTrial, ports: readonly string[]): object {
  const value = schema === undefined ? 'json' : { codec: 'json', schema };
  return {
    headrace: 1,
    name: 'operator',
    sources: { records: { type: anyRecords.type, key, value } },
    operators: { subject: { ...node, input: 'records' } },
    // Ports that nobody reads would be findings.
    sinks: Object.fromEntries(ports.map((port, i) => [`port${String(i)}`, { type: 'drop', input: fromOf(port) }])),
  };
}

function fromOf(port: string): string {
  return port === 'out' ? 'subject' : `subject.${port}`;
}
