import { isDeepStrictEqual } from 'node:util';
import { dynamic, type Example, type Failure, type OperatorDefinition } from '@headrace/core';
import { passAll } from '../driver/pass-all.ts';
import type { ReceivedRecord } from '../driver/test-record.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import {
  hold,
  valuesOf,
  type ComplianceContext,
  type ComponentScenario,
  type SampleRecord,
} from './compliance-context.ts';
import { abandonedScenarios } from './abandoned-scenarios.ts';
import { findingsOf, fittingRecords } from './fitting-records.ts';
import { keyOfOffset, readPorts, recordsOfValues, runExample, startExample, type OperatorRun } from './operator-run.ts';
import { topologyAround } from './topology-around.ts';

/** Lists what must hold of an operator, synchronous or not. */
export function operatorScenarios(
  component: OperatorDefinition,
  context: ComplianceContext,
): readonly ComponentScenario[] {
  const of = (run: (component: OperatorDefinition, context: ComplianceContext) => Promise<void>) => () =>
    run(component, context);
  return [
    { name: 'types exactly the ports that it declares', run: of(portsAreTyped) },
    {
      name: 'takes records through its examples, gives what its types say, and ends every batch',
      run: of(examplesRun),
    },
    { name: 'reaches each port that it declares by an example', run: of(portsAreReached) },
    { name: 'sends what fails to "error", with a code, and loses nothing silently', run: of(failuresAreRouted) },
    { name: 'gives the same again where its traits say so', run: of(runsAreRepeatable) },
    { name: 'keeps keys and their order where its traits say so', run: of(orderIsKept) },
    ...abandonedScenarios(component, context),
  ];
}

async function portsAreTyped(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  for (const { example, sample } of trialsOf(component, context)) {
    const { options, summary } = example;
    const around = topologyAround(component, options as object, sample, context);
    const node = TopologyTestDriver.check(around).nodes.get('subject');
    const outputs = node?.kind === 'operator' ? Object.keys(node.outputs) : [];
    const typed = outputs.filter((port) => port !== 'error').sort();
    const declared = component
      .ports(node?.options ?? options)
      .map(({ port }) => port)
      .sort();
    const message = `"${summary}" types the ports ${typed.join(', ')}, and declares ${declared.join(', ')}.`;
    hold(typed.join() === declared.join(), message);
  }
}

// What is read was written in the inferred schema: a value that is not of its type fails on the way. A batch that nobody ended keeps
// its epoch from being committed; one that was ended twice ends the run.
async function examplesRun(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  for (const { example, sample } of trialsOf(component, context)) {
    const values = valuesOf(sample);
    const records = recordsOfValues([...values, ...values, ...values]);
    const run = await runExample(component, example.options, sample, context, { records, how: 'apart' });
    const { summary } = example;
    const { in: taken = 0 } = run.counts;
    hold(taken === records.length, `"${summary}" took ${String(taken)} of ${String(records.length)} records.`);
    hold(
      run.committed === records.length,
      `"${summary}" let ${String(run.committed)} of ${String(records.length)} records be committed: a batch was not released.`,
    );
  }
}

async function portsAreReached(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  const declared = new Set<string>();
  const reached = new Set<string>();
  for (const { options } of component.examples) for (const { port } of component.ports(options)) declared.add(port);
  const missed = (): readonly string[] => [...declared].filter((port) => !reached.has(port));
  // Some choose a share of the records, or so many a second: they need more of them.
  for (const times of [1, 100])
    for (const { example, sample } of trialsOf(component, context, Infinity)) {
      if (missed().length === 0) return;
      const records = recordsOfValues(Array.from({ length: times }, () => valuesOf(sample)).flat());
      const { ports } = await runExample(component, example.options, sample, context, { records, how: 'at once' });
      for (const [port, left] of Object.entries(ports)) if (left.length > 0) reached.add(port);
    }
  hold(
    missed().length === 0,
    `no example reaches the port ${missed()
      .map((port) => `"${port}"`)
      .join(', ')}.`,
  );
}

/** An example is tried with so many kinds of records that it is valid for. */
const mostSamples = 3;

const oddValues: readonly unknown[] = [{}, { unexpected: true }, [], 'text', 7, { nested: { deep: [1] } }];

async function failuresAreRouted(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  for (const { example, sample } of trialsOf(component, context))
    await failuresOf(component, example, sample, valuesOf(sample), context);
  // Without a schema a value may be anything: what an example does not expect must fail by itself.
  const anything = { schema: dynamic, value: {} };
  for (const example of component.examples) {
    const findings = findingsOf(component, example.options as object, anything, context);
    if (findings.some(({ severity }) => severity === 'error')) continue;
    await failuresOf(component, example, anything, oddValues, context);
  }
}

async function failuresOf(
  component: OperatorDefinition,
  { options, summary }: Example<unknown>,
  sample: SampleRecord,
  values: readonly unknown[],
  context: ComplianceContext,
): Promise<void> {
  const driver = await startExample(component, options, sample, context);
  try {
    let before = 0;
    for (const value of values) {
      await driver.send('records', recordsOfValues([value]));
      await passAll(driver);
      // What holds until the end of an epoch tells then.
      await driver.advance('1s');
      const { subject = {} } = driver.counters();
      const after = Object.entries(subject).reduce((sum, [port, count]) => (port === 'in' ? sum : sum + count), 0);
      hold(after > before, `"${summary}" loses a record: it left by no port, and was counted nowhere.`);
      before = after;
    }
    const { error = [] } = readPorts(driver, component, options);
    for (const { failure } of error) isSaid(failure, summary);
  } finally {
    await driver.stop().catch(() => undefined);
  }
}

function isSaid(failure: Failure | null, summary: string): void {
  hold(failure !== null, `"${summary}" sends a record to "error" and does not say why.`);
  const { code, message, node } = failure;
  hold(/^[A-Z][A-Z0-9_]*$/.test(code), `"${summary}" fails a record with "${code}", which is no code.`);
  hold(message !== '', `"${summary}" fails a record without a message.`);
  hold(node === 'subject', `"${summary}" blames the node "${node}" for a record that it failed.`);
}

async function runsAreRepeatable(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  for (const { example, sample } of trialsOf(component, context)) {
    const { options, summary } = example;
    const node = TopologyTestDriver.check(topologyAround(component, options as object, sample, context)).nodes.get(
      'subject',
    );
    if (!component.traits(node?.options ?? options).deterministic) continue;
    const records = recordsOfValues(Array.from({ length: 7 }, () => valuesOf(sample)).flat());
    const first = await runExample(component, options, sample, context, { records, how: 'at once' });
    const again = await runExample(component, options, sample, context, { records, how: 'apart' });
    const same = isDeepStrictEqual(bare(first), bare(again));
    hold(same, `"${summary}" gives something else when it runs again, but its traits call it deterministic.`);
  }
}

async function orderIsKept(component: OperatorDefinition, context: ComplianceContext): Promise<void> {
  for (const { example, sample } of trialsOf(component, context)) {
    const { options, summary } = example;
    const node = TopologyTestDriver.check(topologyAround(component, options as object, sample, context)).nodes.get(
      'subject',
    );
    if (node?.kind !== 'operator') continue;
    const { key, order } = component.traits(node.options);
    if (order === 'loses')
      for (const [port, edge] of Object.entries(node.outputs))
        hold(
          port === 'error' || !edge.ordered,
          `"${summary}" loses the order, but the type of "${port}" says that it is kept.`,
        );
    const records = recordsOfValues(Array.from({ length: 20 }, () => valuesOf(sample)).flat());
    const { ports } = await runExample(component, options, sample, context, { records, how: 'at once' });
    for (const [port, left] of Object.entries(ports)) {
      if (key === 'keeps')
        for (const record of left)
          hold(
            record.key === keyOfOffset(record.offset),
            `"${summary}" gives a record another key at "${port}", but its traits say that keys are kept.`,
          );
      if (order === 'keeps' && port !== 'error')
        hold(
          inOrder(left),
          `"${summary}" changes the order of a key at "${port}", but its traits say that it is kept.`,
        );
    }
  }
}

// Of each key that came in, since a new key may be made of it.
function inOrder(records: readonly ReceivedRecord[]): boolean {
  const last = new Map<string, number>();
  return records.every(({ offset }) => {
    const key = keyOfOffset(offset);
    const before = last.get(key) ?? -1;
    last.set(key, offset);
    return offset >= before;
  });
}

function bare({ ports }: OperatorRun): unknown {
  return Object.fromEntries(
    Object.entries(ports).map(([port, records]) => [
      port,
      records.map(({ key, value, timestamp, headers, offset }) => ({ key, value, timestamp, headers, offset })),
    ]),
  );
}

function* trialsOf(
  component: OperatorDefinition,
  context: ComplianceContext,
  most = mostSamples,
): Generator<{ readonly example: Example<unknown>; readonly sample: SampleRecord }> {
  for (const example of component.examples)
    for (const sample of fittingRecords(component, example, context).slice(0, most)) yield { example, sample };
}
