import type { Encoder } from '../component/encoding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { deadLetterOf, type DeadLetterEncoders } from './dead-letter.ts';
import { ExitCollector, type ExitRows, type ExitShape, type Ways } from './exit-rows.ts';
import { KeptCollector, type KeptRow } from './kept-rows.ts';
import { unread, type StageRow } from './stage-row.ts';

/** What happens at an exit of a stage. */
export type StageExit =
  /** To another stage or an asynchronous node: decoded values. */
  | { readonly kind: 'objects' }
  /** To a sink: columns of bytes, and beside them with `keeps` what the records were when they came to the sink. */
  | {
      readonly kind: 'encoded';
      readonly key: CellWriter | null;
      readonly value: CellWriter;
      readonly keeps?: boolean;
    }
  /** To where dead letters go: raw bytes or, for records that are no longer those of the head, encoded ones. */
  | {
      readonly kind: 'deadLetter';
      readonly as: 'bytes' | 'envelope';
      readonly key: Encoder | null;
      readonly value: Encoder;
    };

/**
 * How keys or values become bytes: by an encoder; as they were read; or, where the encoder gives of what was decoded the bytes that it was
 * decoded from, as they were read as long as nobody has changed them.
 */
export type CellWriter = Encoder | 'asRead' | { readonly unchanged: 'asRead'; readonly encode: Encoder };

/** An exit at work. */
export interface RunningExit {
  /** Takes the record that the stage is at work on; throws what an encoder throws. `kept`: what it was at its last node. */
  take(row: StageRow, kept?: KeptRow): void;
  /** Returns the rows since the last call. */
  rows(): ExitRows | null;
  clear(): void;
}

/** Builds an exit that a record reaches by so many ways. */
export function openExit(exit: StageExit, ways: Ways, topology: string): RunningExit {
  const keeps = exit.kind === 'encoded' && exit.keeps === true;
  const collector = new ExitCollector(shapeOf(exit, keeps), ways);
  const take = takerOf(exit, collector, topology);
  if (keeps) return keeping(take, collector);
  return { take, rows: () => collector.take(), clear: () => collector.clear() };
}

// What is kept lies beside the rows of a batch of its own.
function shapeOf({ kind }: StageExit, keeps: boolean): ExitShape {
  if (kind === 'objects') return 'objects';
  return kind === 'encoded' && !keeps ? 'bytesOrPassed' : 'bytes';
}

function keeping(take: RunningExit['take'], collector: ExitCollector): RunningExit {
  const kept = new KeptCollector();
  return {
    take(row, before) {
      take(row);
      kept.add(before ?? row);
    },
    rows() {
      const rows = collector.take();
      return rows === null ? null : kept.beside(rows);
    },
    clear() {
      collector.clear();
      kept.clear();
    },
  };
}

function takerOf(exit: StageExit, collector: ExitCollector, topology: string): (row: StageRow) => void {
  switch (exit.kind) {
    case 'objects':
      return (row) => collector.add(row, row.key, row.value, row.headers);
    case 'encoded': {
      const keyOf = exit.key === null ? () => null : keyCell(exit.key);
      const valueOf = valueCell(exit.value);
      return (row) => {
        const key = keyOf(row);
        const value = valueOf(row);
        collector.add(row, key, value, row.headers);
      };
    }
    case 'deadLetter': {
      const encoders: DeadLetterEncoders = exit;
      return (row) => {
        const letter = deadLetterOf(row, encoders, exit.as, topology);
        collector.add(row, letter.key, letter.value, letter.headers);
      };
    }
  }
}

/** Gives a cell for the collector: bytes, null, or `unread` for the bytes of the batch. */
type CellOf = (row: StageRow) => unknown;

function keyCell(writer: CellWriter): CellOf {
  const passes = passesAsRead(writer);
  const encode = encoderOf(writer);
  return (row) => {
    if (passes && row.keyIsAsRead()) return unread;
    return row.keySlot === null ? null : encode(row.key);
  };
}

function valueCell(writer: CellWriter): CellOf {
  const passes = passesAsRead(writer);
  const encode = encoderOf(writer);
  return (row) => {
    if (passes && row.valueIsAsRead()) return unread;
    return row.isTombstone ? null : encode(row.value);
  };
}

/** Tells whether cells stay bytes of the batch as long as nobody has changed them. */
export function passesAsRead(writer: CellWriter): boolean {
  return typeof writer !== 'function';
}

function encoderOf(writer: CellWriter): Encoder {
  if (typeof writer === 'function') return writer;
  return writer === 'asRead' ? notAsRead : writer.encode;
}

function notAsRead(): never {
  throw new HeadraceError('NOT_AS_READ', 'The bytes that were read are not there any more.');
}
