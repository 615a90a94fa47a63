import type { Decoder } from '../component/encoding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { Column } from '../record/columns.ts';
import { columnWay, rowsAsTheyLie } from './column-way.ts';
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
import { StageRow, unread, valueAt } from './stage-row.ts';

export type { ExitRows } from './exit-rows.ts';
export type { CellWriter, StageExit } from './stage-exit.ts';

/** What a stage needs besides itself. */
export interface StageSetup {
  readonly topology: string;
  /** For columns of bytes at the head; null: the bytes are the key. */
  readonly decodeKey: Decoder | null;
  /** For columns of bytes at the head; null: the bytes are the value. */
  readonly decodeValue: Decoder | null;
  /** Whether all bytes can be decoded, so that keys or values are decoded only where somebody asks for them. Absent: not; without a decoder they are. */
  readonly decodesAll?: { readonly key: boolean; readonly value: boolean };
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
  const ways = setup.exits.map((_, number) => waysTo(paths[number] ?? 1, setup));
  const exits = setup.exits.map((exit, number) => openExit(exit, ways[number] as Ways, setup.topology));
  const row = new StageRow(setup.decodeKey, setup.decodeValue);
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
  const lazy = {
    key: setup.decodeKey === null || setup.decodesAll?.key === true,
    value: setup.decodeValue === null || setup.decodesAll?.value === true,
  };
  const way = lazy.key && lazy.value ? columnWay(stage, setup.exits, ways) : null;
  return new Interpreter(targetOf(stage.head) as NodeRunner, {
    row,
    nodes: [...nodes.values()],
    exits,
    setup,
    lazy,
    way: way && { exits: way.exits, nodes: way.nodes.map((id) => nodes.get(id) as NodeRunner) },
  });
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
  /** Whether keys and values stay undecoded until somebody asks for them. */
  readonly lazy: { readonly key: boolean; readonly value: boolean };
  /** The way of batches that nobody looks into; null where there is none. */
  readonly way: { readonly nodes: readonly NodeRunner[]; readonly exits: ReadonlySet<number> } | null;
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
    const passed = this.#passWhole(batch, { from, to }, counters);
    if (passed !== null) return passed;
    row.open(batch, { source: batch.source, split: batch.split, ...setup.origin(batch.split) });
    let next = from;
    try {
      while (next < to) {
        this.#runRow(batch.row(next++));
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

  /** Lets a batch pass as it is where nobody looks into it; null where somebody does. */
  #passWhole(batch: RecordBatch, { from, to }: RowRange, counters: CountSink): SomeRows | null {
    const { way, exits, setup } = this.#parts;
    if (way === null || from >= to) return null;
    const rows = rowsAsTheyLie(batch, from, to, setup.tombstones !== false);
    if (rows === null) return null;
    for (const node of way.nodes) node.passAll(to - from);
    for (const node of new Set(way.nodes)) node.count(counters);
    return { exits: exits.map((_, number) => (way.exits.has(number) ? rows : null)), next: to };
  }

  #runRow(physical: number): void {
    const { row, setup, lazy } = this.#parts;
    row.turnTo(physical);
    const { keys, values } = row.columns;
    try {
      const value = lazy.value ? unreadAt(values, physical) : valueAt(values, physical, setup.decodeValue);
      if (value === null && setup.tombstones === false && values.kind === 'bytes') throw valueMissing();
      row.enter(lazy.key ? unreadAt(keys, physical) : decodeKey(keys, physical, setup.decodeKey), value);
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

function unreadAt(column: Column, physical: number): unknown {
  if (column.kind === 'objects') return column.items[physical] ?? null;
  return (column.starts[physical] as number) < 0 ? null : unread;
}

function decodeKey(column: Column, physical: number, decoder: Decoder | null): unknown {
  try {
    return valueAt(column, physical, decoder);
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
