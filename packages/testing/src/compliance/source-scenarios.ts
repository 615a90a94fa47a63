import { isDeepStrictEqual } from 'node:util';
import {
  bytesAt,
  headersAt,
  type Column,
  type Columns,
  type Position,
  type Source,
  type SourceDefinition,
} from '@headrace/core';
import { passAll } from '../driver/pass-all.ts';
import type { SentRecord } from '../driver/test-record.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, type ComplianceContext, type ComponentScenario } from './compliance-context.ts';
import { groupSourceScenarios } from './group-source-scenarios.ts';
import { undecodableIsRouted } from './undecodable.ts';
import { forEachSource, readSplit, splitsOf, type Piece, type SourceTrial } from './source-run.ts';

/** Lists what must hold of a source. Its examples are read for real: their files are in the context. */
export function sourceScenarios(component: SourceDefinition, context: ComplianceContext): readonly ComponentScenario[] {
  const scopes = component.examples.map(({ options }) => component.traits(options).scope);
  if (scopes.includes('group')) return groupSourceScenarios(component, context);
  const of = (look: (trial: SourceTrial) => Promise<void>) => () => forEachSource(component, context, look);
  return [
    { name: 'reads what its examples name, in pieces within their limits', run: of(piecesAreSound) },
    { name: 'gives records that its types say', run: of(recordsAreOfTheirType) },
    { name: 'sends what it cannot read to "error"', run: () => undecodableIsRouted(component, context) },
    { name: 'goes on from each of its positions', run: of(positionsHold) },
    { name: 'ends reads that wait, and leaves nothing open when it is closed', run: of(closingEndsAll) },
  ];
}

const wide = { records: 1000, bytes: 1 << 20 };

async function piecesAreSound(trial: SourceTrial): Promise<void> {
  const { summary, node } = trial;
  const { bounded } = node.definition.traits(node.options);
  let total = 0;
  for (const limit of [wide, { records: 2, bytes: 1 << 20 }, { records: 1000, bytes: 1 }])
    await reading(trial, async (source, split) => {
      const { pieces, ended, cut } = await closing(source.open(split, null), (reader) =>
        readSplit(reader, limit, trial),
      );
      hold(ended || cut || !bounded, `"${summary}" does not end, but its traits say that it does.`);
      let last = -1;
      for (const { records, next, nextOffset } of pieces) {
        const { count } = records;
        total += count;
        hold(
          count > 0 && count <= limit.records,
          `"${summary}" gave ${String(count)} records where ${String(limit.records)} were asked for.`,
        );
        hold(isWhole(records), `"${summary}" gives columns of different lengths.`);
        for (const offset of records.offsets) {
          hold(offset > last, `"${summary}" gives the offset ${String(offset)} after ${String(last)}.`);
          last = offset;
        }
        hold(nextOffset > last, `"${summary}" says that ${String(nextOffset)} comes next, after ${String(last)}.`);
        hold(isDeepStrictEqual(next, roundTrip(next)), `"${summary}" gives a position that is no JSON value.`);
      }
    });
  hold(total > 0, `"${summary}" gives no records: nothing is there that it could read.`);
}

// What was read is sent through the rest of the way as a topic: decoded, prepared, and written in the type of the edge.
async function recordsAreOfTheirType(trial: SourceTrial): Promise<void> {
  const { summary, around } = trial;
  await reading(trial, async (source, split) => {
    const { pieces } = await closing(source.open(split, null), (reader) => readSplit(reader, wide, trial));
    const records = pieces.flatMap((piece) => sentRecords(piece));
    const driver = await TopologyTestDriver.create(around);
    try {
      await driver.send('records', records);
      await passAll(driver);
      await driver.end();
      const came = driver.read('records').length;
      hold(came === records.length, `"${summary}" reads ${String(records.length)} records, and ${String(came)} pass.`);
    } finally {
      await driver.stop().catch(() => undefined);
    }
  });
}

async function positionsHold(trial: SourceTrial): Promise<void> {
  const { summary, node } = trial;
  const { replay } = node.definition.traits(node.options);
  await reading(trial, async (source, split) => {
    const first = await closing(source.open(split, null), (reader) =>
      readSplit(reader, { records: 3, bytes: 1 << 20 }, trial),
    );
    const all = first.pieces.flatMap(rows);
    for (const [i, { next }] of first.pieces.entries()) {
      const after = first.pieces.slice(i + 1).flatMap(rows);
      // Another process has nothing of this one: only what can be read again from anywhere is there.
      const again = replay === 'none' ? source : trial.create();
      const reader = again.open(split, roundTrip(next));
      const { pieces } = await closing(reader, (opened) => readSplit(opened, wide, trial));
      if (again !== source) await again.close?.();
      const rest = pieces.flatMap(rows).slice(0, after.length);
      hold(
        isDeepStrictEqual(rest, after),
        `"${summary}" reads something else from the position after ${String(all.length - after.length)} records.`,
      );
    }
  });
}

async function closingEndsAll(trial: SourceTrial): Promise<void> {
  const { summary, workspace } = trial;
  await reading(trial, async (source, split) => {
    const stop = new AbortController();
    const reader = source.open(split, null);
    for (let i = 0; i < 3 && !stop.signal.aborted; i++) {
      const state = { ended: false };
      const read = reader.read({ ...wide, waitMs: 3_600_000 }, stop.signal).then(
        () => (state.ended = true),
        () => (state.ended = true),
      );
      for (let turn = 0; turn < 20; turn++) await workspace.clock.turn();
      if (!state.ended) stop.abort();
      await workspace.within(read, `a read of "${summary}" that is told to stop`, 'stands');
    }
    await workspace.within(reader.close(), `closing a reader of "${summary}"`, 'stands');
  });
  const { pending } = workspace.clock;
  hold(pending === 0, `"${summary}" leaves ${String(pending)} timers behind when it is closed.`);
  const open = workspace.openFiles() ?? [];
  hold(open.length === 0, `"${summary}" leaves files open when it is closed: ${open.join(', ')}.`);
}

async function reading(trial: SourceTrial, look: (source: Source, split: string) => Promise<void>): Promise<void> {
  const source = trial.create();
  try {
    for (const split of await splitsOf(source, trial)) await look(source, split);
  } finally {
    await source.close?.();
  }
}

async function closing<R extends { close(): Promise<void> }, T>(
  reader: R,
  look: (reader: R) => Promise<T>,
): Promise<T> {
  try {
    return await look(reader);
  } finally {
    await reader.close();
  }
}

function isWhole({ count, offsets, timestamps, keys, values, headers }: Columns): boolean {
  const lengths = [keys, values, headers].map((column) =>
    column.kind === 'bytes' ? column.starts.length : column.items.length,
  );
  return [offsets.length, timestamps.length, ...lengths].every((length) => length === count);
}

function rows({ records }: Piece): readonly unknown[] {
  return Array.from({ length: records.count }, (_, row) => ({
    offset: records.offsets[row],
    key: cellAt(records.keys, row),
    value: cellAt(records.values, row),
    headers: headersAt(records.headers, row).map(({ name, value }) => [name, value === null ? null : [...value]]),
  }));
}

function sentRecords({ records }: Piece): readonly SentRecord[] {
  return Array.from({ length: records.count }, (_, row): SentRecord => {
    const key = records.keys.kind === 'bytes' ? bytesAt(records.keys, row) : records.keys.items[row];
    const headers = headersAt(records.headers, row);
    const timestamp = records.timestamps[row] as number;
    const { values } = records;
    if (values.kind === 'objects') return { key, headers, timestamp, value: values.items[row] };
    const raw = bytesAt(values, row);
    return raw === null ? { key, headers, timestamp, value: null } : { key, headers, timestamp, raw };
  });
}

// Copied: a view would follow its buffer.
function cellAt(column: Column, row: number): unknown {
  if (column.kind === 'objects') return column.items[row];
  const bytes = bytesAt(column, row);
  return bytes === null ? null : [...bytes];
}

function roundTrip(position: Position): Position {
  return JSON.parse(JSON.stringify(position)) as Position;
}
