import type { SourceDefinition } from '@headrace/core';
import { passAll } from '../driver/pass-all.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, type ComplianceContext, type SampleRecord } from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { topologyAround } from './topology-around.ts';

const oddBytes: readonly Uint8Array[] = [
  Uint8Array.of(0xff, 0xfe, 0xfd),
  new Uint8Array(),
  Buffer.from('{"unexpected": [1, '),
  Buffer.from('null'),
];

/** Holds that bytes which a source cannot read leave by its port "error", as they are, with a code and its name; none is lost. */
export async function undecodableIsRouted(component: SourceDefinition, context: ComplianceContext): Promise<void> {
  for (const example of component.examples) {
    const { options, summary } = example;
    const [sample] = fittingRecords(component, example, context) as [SampleRecord];
    const around = topologyAround(component, options as object, sample, context);
    const driver = await TopologyTestDriver.create({ ...around, outputs: ['records', 'records.error'] });
    try {
      await driver.send(
        'records',
        oddBytes.map((raw) => ({ raw })),
      );
      await passAll(driver);
      await driver.end();
      const [read, failed] = [driver.read('records'), driver.read('records.error')];
      const came = read.length + failed.length;
      hold(
        came === oddBytes.length,
        `"${summary}" loses ${String(oddBytes.length - came)} of ${String(oddBytes.length)} records that it cannot read.`,
      );
      for (const { failure, value, offset } of failed) {
        hold(failure !== null && failure.code !== '', `"${summary}" sends a record to "error" and does not say why.`);
        hold(failure.node === 'records', `"${summary}" blames the node "${failure.node}" for a record of its own.`);
        const same = Buffer.compare(value as Uint8Array, oddBytes[offset] as Uint8Array) === 0;
        hold(same, `"${summary}" changes the bytes of a record that it cannot read.`);
      }
    } finally {
      await driver.stop().catch(() => undefined);
    }
  }
}
