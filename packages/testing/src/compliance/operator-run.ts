import type { OperatorDefinition } from '@headrace/core';
import { passAll } from '../driver/pass-all.ts';
import type { ReceivedRecord, SentRecord } from '../driver/test-record.ts';
import { TopologyTestDriver, type CountsByNode } from '../driver/topology-test-driver.ts';
import type { ComplianceContext, SampleRecord } from './compliance-context.ts';
import { fromOf, topologyAround } from './topology-around.ts';

// So few that each comes again soon.
const keyCount = 3;

/** What an operator gave for records that were sent to it. */
export interface OperatorRun {
  /** What left by each port, error among them. */
  readonly ports: Readonly<Record<string, readonly ReceivedRecord[]>>;
  readonly counts: CountsByNode[string];
  /** How many records are committed, of those that were sent. */
  readonly committed: number;
}

/** Makes records of values: a few keys, growing times. */
export function recordsOfValues(values: readonly unknown[]): readonly SentRecord[] {
  return values.map((value, i) => ({ key: keyOfOffset(i), value, timestamp: 1_767_225_600_000 + i }));
}

/** Returns the key that the record at an offset was sent with. */
export function keyOfOffset(offset: number): string {
  return `k${String(offset % keyCount)}`;
}

/** Starts the topology around an example, and reads all its ports. */
export function startExample(
  component: OperatorDefinition,
  options: unknown,
  sample: SampleRecord,
  context: ComplianceContext,
): Promise<TopologyTestDriver> {
  return TopologyTestDriver.create(topologyAround(component, options as object, sample, context));
}

/** Sends records through an example, all at once or one by one with a restart in between, and ends. */
export async function runExample(
  component: OperatorDefinition,
  options: unknown,
  sample: SampleRecord,
  context: ComplianceContext,
  { records, how }: { readonly records: readonly SentRecord[]; readonly how: 'at once' | 'apart' },
): Promise<OperatorRun> {
  const driver = await startExample(component, options, sample, context);
  try {
    const half = Math.ceil(records.length / 2);
    const pieces = how === 'at once' ? [records] : [records.slice(0, half), records.slice(half)];
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) await driver.restart();
      await driver.send('records', piece);
      await passAll(driver);
    }
    await driver.end();
    return {
      ports: readPorts(driver, component, options),
      counts: driver.counters()['subject'] ?? {},
      committed: driver.committed()['records/0'] ?? 0,
    };
  } finally {
    // What it failed of has been told by then.
    await driver.stop().catch(() => undefined);
  }
}

/** Reads what left by each port since the last look. */
export function readPorts(
  driver: TopologyTestDriver,
  component: OperatorDefinition,
  options: unknown,
): Record<string, readonly ReceivedRecord[]> {
  const ports = [...component.ports(options).map(({ port }) => port), 'error'];
  return Object.fromEntries(ports.map((port) => [port, driver.read(fromOf(port))]));
}
