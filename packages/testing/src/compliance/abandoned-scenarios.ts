import { HeadraceError, type Example, type OperatorDefinition } from '@headrace/core';
import { passAll } from '../driver/pass-all.ts';
import type { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, valuesOf, type ComplianceContext, type ComponentScenario } from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { readPorts, recordsOfValues, startExample } from './operator-run.ts';

/** Lists what must hold of an asynchronous operator that is given up in the middle of its work; for others there is nothing to give up. */
export function abandonedScenarios(
  component: OperatorDefinition,
  context: ComplianceContext,
): readonly ComponentScenario[] {
  if (component.create === undefined) return [];
  return [
    { name: 'stops its work when it is unsubscribed', run: () => workStops(component, context) },
    { name: 'begins anew after a rewind, and loses nothing', run: () => rewindLosesNothing(component, context) },
  ];
}

/** Turns of the event loop in which an operator may have begun with what it took. */
const turns = [1, 4];

async function workStops(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  await inTheMiddle(component, context, async (driver, { summary }) => {
    // A membership that ends for good ends the run at once: nothing is drained.
    for (const member of driver.log.members) driver.log.fail(member, ended());
    await driver.settle().catch(() => undefined);
    await driver.stop().catch(() => undefined);
    const { pending } = driver.clock;
    hold(pending === 0, `"${summary}" leaves ${String(pending)} timers behind when it is unsubscribed.`);
    const { calls } = driver.clock;
    for (let i = 0; i < 20; i++) await driver.clock.turn();
    hold(driver.clock.calls === calls, `"${summary}" works on after it was unsubscribed.`);
  });
}

async function rewindLosesNothing(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  await inTheMiddle(component, context, async (driver, { summary, options }, sent) => {
    await driver.rewind();
    await passAll(driver);
    await driver.end();
    const committed = driver.committed()['records/0'] ?? 0;
    hold(
      committed === sent,
      `after a rewind "${summary}" let ${String(committed)} of ${String(sent)} records be committed.`,
    );
    const { subject = {} } = driver.counters();
    const left = Object.values(readPorts(driver, component, options)).flat();
    const seen = new Set(left.map(({ offset }) => offset));
    // Of what may make one record of many the counts have to tell.
    const counted = Object.entries(subject).some(([port, count]) => port !== 'in' && count > 0);
    const lost = component.traits(options).holds === 'epoch' ? Number(!counted) : sent - seen.size;
    hold(lost === 0, `after a rewind "${summary}" loses ${String(lost)} of ${String(sent)} records.`);
  });
}

function ended(): HeadraceError {
  return new HeadraceError('MEMBERSHIP_FAILED', 'The compliance suite ended the membership.');
}

async function inTheMiddle(
  component: OperatorDefinition,
  context: ComplianceContext,
  look: (driver: TopologyTestDriver, example: Example<unknown>, sent: number) => Promise<void>,
): Promise<void> {
  for (const example of component.examples)
    for (const sample of fittingRecords(component, example, context).slice(0, 1))
      for (const count of turns) {
        const driver = await startExample(component, example.options, sample, context);
        try {
          const records = recordsOfValues(Array.from({ length: 5 }, () => valuesOf(sample)).flat());
          await driver.send('records', records);
          for (let i = 0; i < count; i++) await driver.clock.turn();
          await look(driver, example, records.length);
        } finally {
          await driver.stop().catch(() => undefined);
        }
      }
}
