import {
  TaskBatch,
  type BatchAccount,
  type Example,
  type Sink,
  type SinkDefinition,
  type SinkNode,
} from '@headrace/core';
import { columnsOfLog, type LogRecord } from '../log/log-record.ts';
import { passAll } from '../driver/pass-all.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, valuesOf, type ComplianceContext, type SampleRecord } from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { recordsOfValues } from './operator-run.ts';
import { topologyAround } from './topology-around.ts';
import { Workspace } from './workspace.ts';

/** The name of the split that the batches of a trial come from. */
export const trialSplit = 'records/0';

/** A sink that was made for a trial, with its place and with records as it gets them. */
export interface SinkTrial {
  readonly summary: string;
  readonly node: SinkNode;
  readonly sink: Sink;
  readonly workspace: Workspace;
  /** Encoded, and prepared as the sink's `lower` says. */
  readonly records: readonly LogRecord[];
  /** Makes the sink anew, as another process does. */
  readonly create: (tasks?: 'one task' | 'several tasks') => Sink;
  /** Returns how often the value of the record at an index has become visible since the trial began. */
  readonly seen: (index: number) => number;
}

/** Makes each example's sink in a workspace of its own, for bounded runs and for others, and takes that away in the end. */
export async function forEachSink(
  component: SinkDefinition,
  context: ComplianceContext,
  look: (trial: SinkTrial) => Promise<void>,
): Promise<void> {
  for (const example of component.examples)
    for (const bounded of [false, true]) {
      const workspace = new Workspace(context);
      try {
        const trial = await trialOf(component, example, context, workspace, bounded);
        await look(trial);
        await workspace.within(trial.sink.close(), `closing "${example.summary}"`);
      } finally {
        workspace.remove();
      }
    }
}

async function trialOf(
  component: SinkDefinition,
  example: Example<unknown>,
  context: ComplianceContext,
  workspace: Workspace,
  bounded: boolean,
): Promise<SinkTrial> {
  const { summary } = example;
  const { node, records } = await recordsFor(component, example, context, workspace);
  const create: SinkTrial['create'] = (tasks = 'one task') =>
    component.create(node.options, {
      ...workspace.nodeContext('out', bounded),
      key: node.key,
      value: node.value,
      singleTask: tasks === 'one task',
      splits: () => [trialSplit],
    });
  const sink = create();
  const all = (index: number): number => {
    const { value } = records[index] as LogRecord;
    const pieces = workspace.visible() ?? [];
    return pieces.reduce((sum, piece) => sum + occurrences(piece, value ?? new Uint8Array()), 0);
  };
  const before = records.map((_, index) => all(index));
  const seen = (index: number): number => all(index) - (before[index] as number);
  return { summary, node, sink, workspace, records, create, seen };
}

const captured = new WeakMap<ComplianceContext, WeakMap<Example<unknown>, CapturedRecords>>();

async function recordsFor(
  component: SinkDefinition,
  example: Example<unknown>,
  context: ComplianceContext,
  workspace: Workspace,
): Promise<CapturedRecords> {
  const ofContext = captured.get(context) ?? new WeakMap<Example<unknown>, CapturedRecords>();
  captured.set(context, ofContext);
  const found = ofContext.get(example) ?? (await longestRecords(component, example, context, workspace));
  ofContext.set(example, found);
  return found;
}

// The longest are the easiest to find again in what is visible.
async function longestRecords(
  component: SinkDefinition,
  example: Example<unknown>,
  context: ComplianceContext,
  workspace: Workspace,
): Promise<CapturedRecords> {
  const found: CapturedRecords[] = [];
  const failed: unknown[] = [];
  for (const sample of fittingRecords(component, example, context))
    await capturedRecords(component, example.options as object, sample, context, workspace).then(
      (records) => found.push(records),
      // Where nothing is known of a type, a value may be none that can be written.
      (error: unknown) => failed.push(error),
    );
  found.sort((a, b) => lengthOf(b.records) - lengthOf(a.records));
  const [best] = found;
  hold(best !== undefined, `"${example.summary}" can write none of the sample records: ${String(failed[0])}`);
  return best;
}

interface CapturedRecords {
  readonly node: SinkNode;
  readonly records: readonly LogRecord[];
}

// As the runtime gives them to the sink: the driver captures them where the sink would have been.
async function capturedRecords(
  component: SinkDefinition,
  options: object,
  sample: SampleRecord,
  context: ComplianceContext,
  { folder }: Workspace,
): Promise<CapturedRecords> {
  const driver = await TopologyTestDriver.create(topologyAround(component, options, sample, context, folder));
  try {
    const values = valuesOf(sample);
    await driver.send('records', recordsOfValues([...values, ...values, ...values]));
    await passAll(driver);
    await driver.end();
    const records = driver
      .read('out')
      .map(({ bytes, timestamp, offset }) => ({ ...bytes, timestamp, offset, partition: 0 }))
      .filter(({ value }) => (value?.length ?? 0) > 0);
    return { node: driver.graph.nodes.get('out') as SinkNode, records };
  } finally {
    await driver.stop().catch(() => undefined);
  }
}

/** A batch as a sink gets it, and what became of its handles. */
export interface GivenBatch {
  readonly batch: TaskBatch;
  /** Overwrites the bytes of the batch, as the next fetch may do. */
  readonly spoil: () => void;
  /** Returns how many handles are left. */
  readonly handles: () => number;
}

/** Makes a batch of some records; `rows` are those of them that are in it, the others lie beside. */
export function batchOf(
  records: readonly LogRecord[],
  rows: readonly number[],
  place: { readonly task: string; readonly incarnation: number; readonly epoch: number },
): GivenBatch {
  const columns = columnsOfLog(records);
  let handles = 0;
  const account: BatchAccount = {
    opened: () => void handles++,
    closed: () => void handles--,
  };
  const batch = new TaskBatch(account, {
    origin: { task: place.task, incarnation: place.incarnation, source: 'records', split: trialSplit },
    epoch: place.epoch,
    place: 0,
    columns,
    selection: rows.length === records.length ? null : Uint32Array.from(rows),
    ordinals: null,
    failures: null,
    bytes: 1024,
  });
  return {
    batch,
    spoil() {
      for (const column of [columns.keys, columns.values]) if (column.kind === 'bytes') column.buffer.fill(0xee);
    },
    handles: () => handles,
  };
}

function lengthOf(records: readonly LogRecord[]): number {
  return records[0]?.value?.length ?? 0;
}

function occurrences(piece: Uint8Array, wanted: Uint8Array): number {
  const text = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0 && wanted.length > 0; at = text.indexOf(wanted, at + wanted.length))
    count++;
  return count;
}
