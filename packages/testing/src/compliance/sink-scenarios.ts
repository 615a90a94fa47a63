import type { Sink, SinkDefinition, TaskStart } from '@headrace/core';
import type { LogRecord } from '../log/log-record.ts';
import { hold, type ComplianceContext, type ComponentScenario } from './compliance-context.ts';
import { batchOf, forEachSink, trialSplit, type SinkTrial } from './sink-run.ts';

/** Lists what must hold of a sink. Its examples write for real, and what they have made visible is looked at. */
export function sinkScenarios(component: SinkDefinition, context: ComplianceContext): readonly ComponentScenario[] {
  const of = (look: (trial: SinkTrial) => Promise<void>) => () => forEachSink(component, context, look);
  return [
    { name: 'takes the selected rows, copies them, and releases nothing', run: of(rowsAreTaken) },
    { name: 'makes an epoch durable once it is drained, and keeps it', run: of(epochsAreDurable) },
    { name: 'shows nothing of an incarnation that was discarded before it was durable', run: of(discardedIsHidden) },
    { name: 'takes the batches of several tasks', run: of(tasksAreApart) },
    { name: 'ends a write that is aborted', run: of(abortedWritesEnd) },
    { name: 'writes nothing after it is closed, and leaves nothing open', run: of(closingEndsAll) },
  ];
}

const task = 'records-0';
const nothing: TaskStart = new Map();

async function rowsAreTaken(trial: SinkTrial): Promise<void> {
  const { sink, records, summary, workspace } = trial;
  await begin(trial, 1, nothing);
  const given = batchOf(records.slice(0, 3), [1], { task, incarnation: 1, epoch: 0 });
  const refusals = await workspace.within(sink.write(given.batch, live()), `a write to "${summary}"`);
  hold(refusals.length === 0, `"${summary}" refuses a record: ${JSON.stringify(refusals[0])}.`);
  hold(given.handles() === 1, `"${summary}" releases a batch that it was lent, or keeps a handle of it.`);
  given.batch.release();
  // Whoever gave the batch may use its bytes for something else from now on.
  given.spoil();
  await flush(trial, task, 0);
  if (workspace.visible() === null) return;
  const wanted = trial.seen(1);
  const same = records.slice(0, 3).filter(({ value }) => equal(value, records[1]?.value ?? null)).length;
  hold(
    wanted > 0,
    `"${summary}" has not copied what it took when its write resolves, or does not show it when it is durable.`,
  );
  hold(wanted === 1, `"${summary}" writes one record ${String(wanted)} times: only selected rows are in a batch.`);
  if (same === 3) return;
  const other = records.slice(0, 3).findIndex(({ value }) => !equal(value, records[1]?.value ?? null));
  hold(trial.seen(other) === 0, `"${summary}" writes a row that is not selected.`);
}

async function epochsAreDurable(trial: SinkTrial): Promise<void> {
  const { sink, records, summary, workspace } = trial;
  await begin(trial, 1, nothing);
  await write(trial, sink, records.slice(0, 1), 1, 0);
  await flush(trial, task, 0);
  if (workspace.visible() === null) return;
  hold(trial.seen(0) === 1, `"${summary}" does not show what it calls durable.`);
  sink.committed?.(task, 0);
  await write(trial, sink, records.slice(1, 2), 1, 1);
  await flush(trial, task, 1);
  sink.committed?.(task, 1);
  await workspace.within(sink.discard(task, 1), `discarding a task of "${summary}"`);
  // Another incarnation, and then another process, begin behind what is committed.
  const at: TaskStart = new Map([[trialSplit, { position: 2, offset: (records[1] as LogRecord).offset + 1 }]]);
  await begin(trial, 2, at);
  hold(trial.seen(0) > 0 && trial.seen(1) > 0, `"${summary}" takes back what was durable and committed.`);
  await workspace.within(sink.close(), `closing "${summary}"`);
  const next = trial.create();
  await workspace.within(next.begin(task, 1, at), `beginning "${summary}" anew`);
  await write(trial, next, records.slice(2, 3), 1, 0);
  await flush(trial, task, 0, next);
  await workspace.within(next.close(), `closing "${summary}"`);
  for (const index of [0, 1, 2])
    hold(trial.seen(index) > 0, `"${summary}" loses what was committed when it starts again.`);
}

async function discardedIsHidden(trial: SinkTrial): Promise<void> {
  const { sink, node, records, summary, workspace } = trial;
  const { acknowledges } = node.definition.traits(node.options);
  const beganAt = workspace.clock.now();
  await begin(trial, 1, nothing);
  await write(trial, sink, records.slice(0, 1), 1, 0);
  const durable = sink.durable(task, 0).then(
    () => 'durable',
    () => 'rejected',
  );
  for (let i = 0; i < 50; i++) await workspace.clock.turn();
  const before = trial.seen(0);
  await workspace.within(sink.discard(task, 1), `discarding a task of "${summary}"`, 'stands');
  const outcome = await workspace.within(durable, `"durable" of a discarded task of "${summary}"`, 'stands');
  // Where time has gone on, a file may well have been completed.
  if (acknowledges === 'later' && before === 0 && workspace.clock.now() === beganAt)
    hold(outcome === 'rejected', `"${summary}" calls durable what was discarded.`);
  await begin(trial, 2, nothing);
  const begun = trial.seen(0);
  hold(begun <= before, `"${summary}" shows what an earlier incarnation wrote after the next has begun.`);
  await write(trial, sink, records.slice(1, 2), 2, 0);
  await flush(trial, task, 0);
  if (workspace.visible() === null) return;
  hold(trial.seen(1) > 0, `"${summary}" writes nothing after a rewind.`);
  const distinct = !equal(records[0]?.value ?? null, records[1]?.value ?? null);
  hold(
    !distinct || trial.seen(0) === begun,
    `"${summary}" shows what an earlier incarnation wrote after the next has begun.`,
  );
}

async function tasksAreApart(trial: SinkTrial): Promise<void> {
  const { records, summary, workspace } = trial;
  const sink = trial.create('several tasks');
  const tasks = ['records-0', 'records-1'];
  for (const one of tasks) await workspace.within(sink.begin(one, 1, nothing), `beginning "${summary}"`);
  const writes = tasks.map((one, i) => {
    const given = batchOf(records.slice(i, i + 1), [0], { task: one, incarnation: 1, epoch: 0 });
    return sink.write(given.batch, live());
  });
  await workspace.within(Promise.all(writes), `writes of two tasks to "${summary}"`);
  await workspace.within(sink.discard(tasks[0] as string, 1), `discarding a task of "${summary}"`);
  await flush(trial, tasks[1] as string, 0, sink);
  await workspace.within(sink.close(), `closing "${summary}"`);
  if (workspace.visible() === null) return;
  hold(trial.seen(1) > 0, `"${summary}" loses the records of one task when another leaves.`);
}

async function abortedWritesEnd(trial: SinkTrial): Promise<void> {
  const { sink, records, summary, workspace } = trial;
  await begin(trial, 1, nothing);
  const stop = new AbortController();
  const given = batchOf(records, [...records.keys()], { task, incarnation: 1, epoch: 0 });
  const writing = sink.write(given.batch, stop.signal).catch(() => []);
  stop.abort();
  await workspace.within(writing, `a write to "${summary}" that is aborted`, 'stands');
  hold(given.handles() === 1, `"${summary}" releases a batch that it was lent, or keeps a handle of it.`);
  await workspace.within(sink.discard(task, 1), `discarding a task of "${summary}"`);
}

async function closingEndsAll(trial: SinkTrial): Promise<void> {
  const { sink, records, summary, workspace } = trial;
  await begin(trial, 1, nothing);
  await write(trial, sink, records, 1, 0);
  const durable = sink.durable(task, 0).catch(() => undefined);
  await workspace.within(sink.close(), `closing "${summary}"`);
  await workspace.within(durable, `"durable" of "${summary}" after it is closed`);
  const { pending } = workspace.clock;
  hold(pending === 0, `"${summary}" leaves ${String(pending)} timers behind when it is closed.`);
  const open = workspace.openFiles() ?? [];
  hold(open.length === 0, `"${summary}" leaves files open when it is closed: ${open.join(', ')}.`);
  const size = (): number => (workspace.visible() ?? []).reduce((sum, piece) => sum + piece.length, 0);
  const before = size();
  const late = batchOf(records, [...records.keys()], { task, incarnation: 1, epoch: 1 });
  const shown = await workspace.within(
    sink.write(late.batch, live()).then(
      () => size() > before,
      () => false,
    ),
    `a write to "${summary}" after it is closed`,
  );
  workspace.clock.advance(3_600_000);
  for (let i = 0; i < 50; i++) await workspace.clock.turn();
  hold(!shown && size() === before, `"${summary}" writes after it was closed.`);
}

function begin({ sink, summary, workspace }: SinkTrial, incarnation: number, at: TaskStart): Promise<void> {
  return workspace.within(sink.begin(task, incarnation, at), `beginning "${summary}"`);
}

async function write(
  { workspace, summary }: SinkTrial,
  sink: Sink,
  records: readonly LogRecord[],
  incarnation: number,
  epoch: number,
): Promise<void> {
  const given = batchOf(records, [...records.keys()], { task, incarnation, epoch });
  const refusals = await workspace.within(sink.write(given.batch, live()), `a write to "${summary}"`);
  hold(refusals.length === 0, `"${summary}" refuses a record: ${JSON.stringify(refusals[0])}.`);
  given.batch.release();
}

// As the runtime drains: what an epoch wrote is asked for, then forced.
async function flush(trial: SinkTrial, of: string, epoch: number, sink = trial.sink): Promise<void> {
  const { workspace, summary } = trial;
  const durable = sink.durable(of, epoch);
  durable.catch(() => undefined);
  await workspace.within(sink.drain(of, live()), `draining "${summary}"`, 'stands');
  await workspace.within(durable, `"durable" of "${summary}" after it is drained`, 'stands');
}

function live(): AbortSignal {
  return new AbortController().signal;
}

function equal(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}
