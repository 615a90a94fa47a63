import { planTopology, startTopology, type SourceDefinition, type SourceNode } from '@headrace/core';
import { Capture } from '../driver/captured-record.ts';
import { finish, settle } from '../driver/pump.ts';
import { withTaps } from '../driver/taps.ts';
import { testGraph } from '../driver/test-graph.ts';
import { InMemorySchemaRegistry } from '../log/in-memory-schema-registry.ts';
import { TestCodecs } from '../driver/test-codecs.ts';
import { sender, type SentRecord } from '../driver/test-record.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { LogFaults } from '../log/log-faults.ts';
import { columnsOf } from '../log/log-record.ts';
import {
  hold,
  valuesOf,
  type ComplianceContext,
  type ComponentScenario,
  type SampleRecord,
} from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { topologyAround } from './topology-around.ts';
import { undecodableIsRouted } from './undecodable.ts';
import { Workspace } from './workspace.ts';

/** Lists what must hold of a source that the group divides among processes: it is read through a Log in memory. */
export function groupSourceScenarios(
  component: SourceDefinition,
  context: ComplianceContext,
): readonly ComponentScenario[] {
  return [
    { name: 'says which topics it reads, and where it begins', run: () => subscriptionIsSaid(component, context) },
    { name: 'sends what it cannot read to "error"', run: () => undecodableIsRouted(component, context) },
    {
      name: 'reads its topics through the runtime, gives what its types say, and commits',
      run: () => topicsAreRead(component, context),
    },
  ];
}

async function subscriptionIsSaid(component: SourceDefinition, context: ComplianceContext): Promise<void> {
  for (const example of component.examples) {
    const { options, summary } = example;
    hold(component.traits(options).scope === 'group', `"${summary}" is not divided by the group, as others are.`);
    fittingRecords(component, example, context);
    const subscription = component.subscription?.(options);
    hold(subscription !== undefined, `"${summary}" does not say which topics it reads.`);
    const { topics } = subscription;
    hold(topics instanceof RegExp || topics.length > 0, `"${summary}" reads no topic.`);
  }
}

async function topicsAreRead(component: SourceDefinition, context: ComplianceContext): Promise<void> {
  for (const example of component.examples) {
    const { options, summary } = example;
    const [sample] = fittingRecords(component, example, context) as [SampleRecord];
    const workspace = new Workspace({ ...context, topics: [] });
    try {
      await readThrough(component, options as object, summary, sample, context, workspace);
    } finally {
      workspace.remove();
    }
  }
}

async function readThrough(
  component: SourceDefinition,
  options: object,
  summary: string,
  sample: SampleRecord,
  context: ComplianceContext,
  { clock, log, folder }: Workspace,
): Promise<void> {
  const around = topologyAround(component, options, sample, context, folder);
  const graph = withTaps(TopologyTestDriver.check(around), [], ['records']);
  const node = graph.nodes.get('records') as SourceNode;
  const topics = component.subscription?.(node.options).topics ?? [];
  const names = topics instanceof RegExp ? [] : topics;
  for (const topic of names) log.createTopic(topic, 2);
  const capture = new Capture();
  const plan = planTopology(testGraph(graph, { capture, faults: new LogFaults(), clock }, new Set(['records'])));
  const running = startTopology({
    plan,
    registry: around.registry,
    clock,
    stateDirectory: `${folder}/.headrace`,
    openLog: () => Promise.resolve(log.open({ group: graph.group })),
  });
  const failed: unknown[] = [];
  void running.finished.then(({ error }) => failed.push(error));
  const pumped = { clock, passed: () => running.idle, check: () => undefined };
  await settle(pumped, 200);
  // After the start, since a source may begin with what is new.
  const encode = sender(node, new TestCodecs(around.registry, new InMemorySchemaRegistry()));
  const sent = fittingValues(context, node, encode).slice(0, 6);
  hold(sent.length > 0, `"${summary}" can be sent none of the sample records.`);
  for (const topic of names)
    await log.append(
      topic,
      Int32Array.from(sent, (_, i) => i % 2),
      columnsOf(sent.map((record) => encode(record, 0))),
    );
  await settle(pumped, 200);
  await finish(clock, Promise.all([running.drain(), running.finished]));
  hold(failed[0] === null, `"${summary}" fails: ${String(failed[0])}`);
  const came = capture.take('$out.records.out').length;
  const due = sent.length * names.length;
  hold(came === due, `"${summary}" gave ${String(came)} of ${String(due)} records.`);
  const committed = [...log.open({ group: graph.group }).commits().values()].reduce(
    (sum, { offset }) => sum + offset,
    0,
  );
  hold(committed === due, `"${summary}" let ${String(committed)} of ${String(due)} records be committed.`);
}

function fittingValues(
  { records }: ComplianceContext,
  { value }: SourceNode,
  encode: ReturnType<typeof sender>,
): readonly SentRecord[] {
  return records
    .flatMap(valuesOf)
    .filter((each) => value.schema.kind !== 'dynamic' || (typeof each === 'object' && !(each instanceof Uint8Array)))
    .map((each, i): SentRecord => ({ key: Buffer.from(`k${String(i)}`), value: each }))
    .filter((record) => {
      try {
        encode(record, 0);
        return true;
      } catch {
        return false;
      }
    });
}
