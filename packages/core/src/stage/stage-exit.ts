import type { Encoder } from '../component/encoding.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { deadLetterOf, type DeadLetterEncoders } from './dead-letter.ts';
import { ExitCollector, type ExitRows, type Ways } from './exit-rows.ts';
import { KeptCollector, type KeptRow } from './kept-rows.ts';
import type { StageRow } from './stage-row.ts';

/** What happens at an exit of a stage. */
export type StageExit =
  /** To another stage or an asynchronous node: decoded values. */
  | { readonly kind: 'objects' }
  /** To a sink: columns of bytes, and beside them with `keeps` what the records were when they came to the sink. */
  | {
      readonly kind: 'encoded';
      readonly key: Encoder | 'asRead' | null;
      readonly value: Encoder | 'asRead';
      readonly keeps?: boolean;
    }
  /** To where dead letters go: raw bytes or, for records that are no longer those of the head, encoded ones. */
  | {
      readonly kind: 'deadLetter';
      readonly as: 'bytes' | 'envelope';
      readonly key: Encoder | null;
      readonly value: Encoder;
    };

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
  const collector = new ExitCollector(exit.kind === 'objects' ? 'objects' : 'bytes', ways);
  const take = takerOf(exit, collector, topology);
  if (exit.kind === 'encoded' && exit.keeps === true) return keeping(take, collector);
  return { take, rows: () => collector.take(), clear: () => collector.clear() };
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
      const { key: encodeKey, value: encodeValue } = exit;
      return (row) => {
        const key = encodeKey === null || row.key === null ? null : bytesOf(encodeKey, row.key, () => row.rawKey());
        const value = row.value === null ? null : bytesOf(encodeValue, row.value, () => row.rawValue());
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

function bytesOf(
  encode: Encoder | 'asRead',
  value: unknown,
  raw: () => Uint8Array | null | undefined,
): Uint8Array | null {
  if (encode !== 'asRead') return encode(value);
  const bytes = raw();
  if (bytes !== undefined) return bytes;
  throw new HeadraceError('NOT_AS_READ', 'The bytes that were read are not there any more.');
}
