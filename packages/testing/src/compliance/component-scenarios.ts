import { checkTopology, HeadraceError } from '@headrace/core';
import type { Component, Example, LocatedFinding, ModuleLoader } from '@headrace/core';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { topologyAround } from './topology-around.ts';

/** What the examples of a component need around them. */
export interface ComplianceContext {
  /** All components that the examples need, such as codecs; the one that is looked at may be among them. */
  readonly components: readonly Component[];
  /** Kinds of records that may reach an operator or sink, or be read by a codec. An example stands for those of them that it is valid for. */
  readonly records: readonly SampleRecord[];
  /** Files that the examples name, by their path as written. */
  readonly files?: Readonly<Record<string, string>>;
  /** Functions that the examples name. */
  readonly modules?: ModuleLoader;
}

/** A kind of records: their Avro schema, and one value as it is in memory. */
export interface SampleRecord {
  readonly schema: unknown;
  readonly value: unknown;
}

/** One statement that must hold of every component. It rejects, with a sentence, where it does not. */
export interface ComponentScenario {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Lists what must hold of a component, for any test runner: `for (const { name, run } of componentScenarios(…)) it(name, run)`. */
export function componentScenarios(component: Component, context: ComplianceContext): readonly ComponentScenario[] {
  const scenarios: ComponentScenario[] = [
    { name: 'documents itself and every option', run: () => documented(component) },
    { name: 'has examples, and each is valid', run: () => examplesAreValid(component, context) },
    { name: 'refuses an option that nobody reads', run: () => unknownOptionsAreRefused(component, context) },
  ];
  if (component.kind === 'operator')
    scenarios.push({ name: 'types exactly the ports that it declares', run: () => portsAreTyped(component, context) });
  // What an asynchronous operator asks is not there: its author tests it with mocks.
  if (component.kind === 'operator' && component.create === undefined)
    scenarios.push({
      name: 'takes records through its examples, and gives what its types say',
      run: () => examplesRun(component, context),
    });
  if (component.kind === 'codec')
    scenarios.push({ name: 'reads what it writes', run: () => examplesRun(component, context) });
  return scenarios;
}

async function documented(component: Component): Promise<void> {
  const { properties = {} } = component.options as { properties?: Readonly<Record<string, { description?: string }>> };
  const silent = Object.entries(properties).filter(([, { description = '' }]) => description.trim() === '');
  hold(component.summary.trim() !== '', 'the component has no summary.');
  hold(silent.length === 0, `options without a description: ${silent.map(([name]) => name).join(', ')}.`);
}

async function examplesAreValid(component: Component, context: ComplianceContext): Promise<void> {
  hold(component.examples.length > 0, 'the component has no example.');
  for (const example of component.examples) fittingRecords(component, example, context);
}

async function unknownOptionsAreRefused(component: Component, context: ComplianceContext): Promise<void> {
  for (const example of component.examples) {
    const [sample] = fittingRecords(component, example, context) as [SampleRecord];
    const findings = findingsOf(component, { ...(example.options as object), noSuchOption: 1 }, sample, context);
    const found = findings.some(({ code, message }) => code === 'UNKNOWN_KEY' && message.includes('noSuchOption'));
    hold(found, 'an option that nobody reads is accepted.');
  }
}

async function portsAreTyped(component: Component, context: ComplianceContext): Promise<void> {
  if (component.kind !== 'operator') return;
  for (const example of component.examples) {
    const { options, summary } = example;
    const [sample] = fittingRecords(component, example, context) as [SampleRecord];
    const node = TopologyTestDriver.check(topologyAround(component, options as object, sample, context)).nodes.get(
      'subject',
    );
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

async function examplesRun(component: Component, context: ComplianceContext): Promise<void> {
  for (const example of component.examples) {
    const samples = fittingRecords(component, example, context);
    const failures: unknown[] = [];
    for (const sample of samples) {
      const failure = await exampleRuns(component, example, sample, context).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (failure === null) break;
      failures.push(failure);
    }
    if (failures.length === samples.length) throw failures[0];
  }
}

// What is read was written in the inferred schema and decoded again: a value that is not of its type fails on the way.
async function exampleRuns(
  component: Component,
  { options, summary }: Example<unknown>,
  sample: SampleRecord,
  context: ComplianceContext,
): Promise<void> {
  const driver = await TopologyTestDriver.create(topologyAround(component, options as object, sample, context));
  try {
    await driver.send('records', [{ value: sample.value }, { value: sample.value }]);
    await driver.settle();
    await driver.restart();
    await driver.send('records', { value: sample.value });
    await driver.end();
    const { outputs } = topologyAround(component, options as object, sample, context);
    for (const from of outputs) driver.read(from);
    const taken =
      component.kind === 'operator' ? (driver.counters()['subject']?.['in'] ?? 0) : driver.read('out').length;
    hold(taken === 3, `"${summary}" took ${String(taken)} of 3 records.`);
  } finally {
    // What it failed of has been told by then.
    await driver.stop().catch(() => undefined);
  }
}

function fittingRecords(
  component: Component,
  { options, summary }: Example<unknown>,
  context: ComplianceContext,
): readonly SampleRecord[] {
  const errors: LocatedFinding[] = [];
  const fitting = context.records.filter((sample) => {
    const findings = findingsOf(component, options as object, sample, context);
    const found = findings.filter(({ severity }) => severity === 'error');
    errors.push(...found);
    return found.length === 0;
  });
  const reasons = [...new Set(errors.map(({ code, message }) => `${code} ${message}`))];
  hold(fitting.length > 0, `the example "${summary}" is not valid: ${reasons.join(' ')}`);
  return fitting;
}

function findingsOf(component: Component, options: object, sample: SampleRecord, context: ComplianceContext) {
  const { definition, file, registry, readFile = () => '' } = topologyAround(component, options, sample, context);
  return checkTopology({ definition, file }, { registry, env: {}, set: {}, purpose: 'validate', readFile }).findings;
}

function hold(condition: boolean, sentence: string): void {
  if (!condition) throw new HeadraceError('NOT_COMPLIANT', sentence);
}
