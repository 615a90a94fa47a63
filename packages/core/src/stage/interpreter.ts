import type { Decoder } from '../component/encoding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Column } from '../record/columns.ts';
import { bytesAt } from '../record/columns.ts';
import type { NodeId, RecordBatch, Split } from '../record/record-batch.ts';
import type { CountSink } from '../telemetry/counters.ts';
import type { TurnMarks } from '../telemetry/turn-marks.ts';
import type { ExitRows, Ways } from './exit-rows.ts';
import { codeOf } from './failure-of.ts';
import { NodeRunner, type PortTarget } from './node-runner.ts';
import { pathCounts } from './path-counts.ts';
import { RecordNames } from './record-names.ts';
import type { Stage } from './stage.ts';
import { openExit, type RunningExit, type StageExit } from './stage-exit.ts';
import { StageRow, type RowSource } from './stage-row.ts';

export type { ExitRows } from './exit-rows.ts';
export type { StageExit } from './stage-exit.ts';

/** What a stage needs besides itself. */
export interface StageSetup {
  readonly topology: string;
  /** For columns of bytes at the head; null: the bytes are the key. */
  readonly decodeKey: Decoder | null;
  /** For columns of bytes at the head; null: the bytes are the value. */
  readonly decodeValue: Decoder | null;
  /** Whether a null value at the head deletes its key. Where not, it cannot be decoded. Absent: true. */
  readonly tombstones?: boolean;
  /** Whether each record that comes is the only one of its place in the source. Absent: perhaps not. */
  readonly fromSource?: boolean;
  readonly exits: readonly StageExit[];
  /** Where it is noted which node is at work; absent: nowhere. */
  readonly marks?: TurnMarks;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Decodes JSON of any type, for steps that parse it. */
  readonly json?: Decoder;
  /** Returns milliseconds that never go backwards, for steps that count by the second. */
  readonly now?: () => number;
  /** Returns the time of day in epoch milliseconds, for steps that look at it. */
  readonly wallNow?: () => number;
  readonly origin: (split: Split) => { topic: string | null; partition: number | null };
}

/** Selected rows, `to` not included. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** What came out of some rows, and the first row that was not looked at. */
export interface SomeRows {
  readonly exits: readonly (ExitRows | null)[];
  readonly next: number;
}

/** A stage that can run. It keeps nothing between runs. */
export interface StageInterpreter {
  /**
   * Runs the selected rows `from` to `to` (not included) and returns what came out, one entry an exit, null for no rows. Throws
   * for a record that fails where nothing says what to do with it; nothing is counted then.
   */
  run(batch: RecordBatch, from: number, to: number, counters: CountSink): readonly (ExitRows | null)[];
  /** Does the same until `enough` is true after a row, and says which row is the next. */
  runSome(batch: RecordBatch, rows: RowRange, counters: CountSink, enough: () => boolean): SomeRows;
}

/** Builds the closures of a stage once. */
export function interpretStage(stage: Stage, setup: StageSetup): StageInterpreter {
  const paths = pathCounts(stage);
  const exits = setup.exits.map((exit, number) => openExit(exit, waysTo(paths[number] ?? 1, setup), setup.topology));
  const row = new StageRow();
  const names = new RecordNames(row, setup.parameters);
  const shared = {
    topology: setup.topology,
    json: setup.json ?? (() => lacks('a way to read JSON')),
    now: setup.now ?? (() => lacks('a clock')),
    wallNow: setup.wallNow ?? (() => lacks('a clock')),
  };
  const nodes = new Map<NodeId, NodeRunner>();
  for (const [id, node] of Object.entries(stage.nodes))
    nodes.set(
      id,
      new NodeRunner({ id, node, row, names, exits, isHead: id === stage.head, shared, marks: setup.marks }),
    );
  const targetOf = (target: NodeId | number): PortTarget => {
    const found = typeof target === 'number' ? exits[target] : nodes.get(target);
    if (found === undefined)
      throw new HeadraceError('STAGE_INCOMPLETE', `A stage leads to "${target}", which it lacks.`);
    return found;
  };
  for (const [id, runner] of nodes) runner.connect((port) => (stage.nodes[id]?.ports[port] ?? []).map(targetOf));
  return new Interpreter(targetOf(stage.head) as NodeRunner, { row, nodes: [...nodes.values()], exits, setup });
}

// Where a record may come any number of ways, its number of before and its number among what it gave are paired.
function waysTo(ways: number, setup: StageSetup): Ways {
  if (Number.isFinite(ways)) return ways;
  return setup.fromSource === true ? 'counted' : 'paired';
}

function lacks(what: string): never {
  throw new HeadraceError('STAGE_INCOMPLETE', `A stage was not given ${what}.`);
}

interface Parts {
  readonly row: StageRow;
  readonly nodes: readonly NodeRunner[];
  readonly exits: readonly RunningExit[];
  readonly setup: StageSetup;
}

class Interpreter implements StageInterpreter {
  readonly #head: NodeRunner;
  readonly #parts: Parts;

  constructor(head: NodeRunner, parts: Parts) {
    this.#head = head;
    this.#parts = parts;
  }

  run(batch: RecordBatch, from: number, to: number, counters: CountSink): readonly (ExitRows | null)[] {
    return this.#run(batch, { from, to }, counters, null).exits;
  }

  runSome(batch: RecordBatch, rows: RowRange, counters: CountSink, enough: () => boolean): SomeRows {
    return this.#run(batch, rows, counters, enough);
  }

  #run(batch: RecordBatch, { from, to }: RowRange, counters: CountSink, enough: (() => boolean) | null): SomeRows {
    const { row, nodes, exits, setup } = this.#parts;
    const source: RowSource = { source: batch.source, split: batch.split, ...setup.origin(batch.split) };
    let next = from;
    try {
      while (next < to) {
        this.#runRow(batch, source, batch.row(next++));
        if (enough !== null && enough()) break;
      }
      for (const node of nodes) node.count(counters);
      return { exits: exits.map((exit) => exit.rows()), next };
    } catch (error) {
      for (const node of nodes) node.clear();
      for (const exit of exits) exit.clear();
      throw error;
    } finally {
      row.clear();
    }
  }

  #runRow(batch: RecordBatch, source: RowSource, physical: number): void {
    const { row, setup } = this.#parts;
    row.turnTo(batch, source, physical);
    try {
      const value = decode(batch.values, physical, setup.decodeValue);
      if (value === null && setup.tombstones === false && batch.values.kind === 'bytes') throw valueMissing();
      row.enter(decodeKey(batch.keys, physical, setup.decodeKey), value);
    } catch (error) {
      // Nothing is wrong with the record: its schema was forgotten before it came here.
      if (codeOf(error, 'decode') === 'SCHEMA_NOT_READY') throw error;
      row.enter(null, null);
      this.#head.takeUndecoded(error);
      return;
    }
    this.#head.take();
  }
}

function decode(column: Column, physical: number, decoder: Decoder | null): unknown {
  if (column.kind === 'objects') return column.items[physical] ?? null;
  const start = column.starts[physical] as number;
  if (start < 0) return null;
  // A value outlives the batch that it was read from, so it may not be a view.
  if (decoder === null) return Uint8Array.from(bytesAt(column, physical) as Uint8Array);
  return decoder(column.buffer, start, column.ends[physical] as number, column.schemaIds?.[physical] ?? -1) ?? null;
}

function decodeKey(column: Column, physical: number, decoder: Decoder | null): unknown {
  try {
    return decode(column, physical, decoder);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const retryable = error instanceof HeadraceError && error.retryable;
    throw new HeadraceError(codeOf(error, 'decode'), `The key: ${message}`, { retryable, cause: error });
  }
}

function valueMissing(): HeadraceError {
  return new HeadraceError(
    'VALUE_MISSING',
    'The value is null; a source takes nulls as deletions with "tombstones": true.',
  );
}
