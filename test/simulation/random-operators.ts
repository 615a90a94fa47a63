import { bufferCount, concatMap, from } from 'rxjs';
import type { RxFunction } from '@headrace/core';
import type { NaiveRecord, NaiveResult, NaiveValue } from './naive-topology.ts';

/** The schema of all values: every operator gives it again, so that any other can follow. */
export const valueSchema = {
  type: 'record',
  name: 'Thing',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'int' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'note', type: ['null', 'string'] },
  ],
};

/** An operator of a random topology: its options, its ports, and its meaning. */
export interface RandomOperator {
  readonly options: Readonly<Record<string, unknown>>;
  readonly ports: readonly string[];
  readonly evaluate: (record: NaiveRecord) => NaiveResult;
  /** Whether it takes records without a value as the format says: unevaluated. */
  readonly passesTombstones: boolean;
  /** What becomes of the types: only edges of one shape are merged. */
  readonly shape: (shape: Shape) => Shape;
}

/** Says which edges have equal types: the name of the value's record, and what the key is. */
export interface Shape {
  readonly value: 'named' | 'inferred';
  readonly key: string;
}

/** Chooses at random. */
export interface Choice {
  <T>(from: readonly T[]): T;
}

class Failed extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const divide = (a: number, b: number): number => {
  if (b === 0) throw new Failed('DIVISION_BY_ZERO');
  return Math.trunc(a / b);
};

type Condition = readonly [text: string, holds: (value: NaiveValue) => boolean];

// Beside each text stands what it means, written by hand.
const conditions: readonly Condition[] = [
  ['n > 3', ({ n }) => n > 3],
  ['n % 2 == 0', ({ n }) => Math.abs(n) % 2 === 0],
  ['note != null', ({ note }) => note !== null],
  ['size(tags) > 1', ({ tags }) => tags.length > 1],
  ["id.startsWith('a')", ({ id }) => id.startsWith('a')],
  ["'x' in tags", ({ tags }) => tags.includes('x')],
  ['note == null || n > 0', ({ note, n }) => note === null || n > 0],
  ['12 / n > 2', ({ n }) => divide(12, n) > 2],
  // An error beside what decides by itself does not count.
  ['12 / n > 2 || n == 0', ({ n }) => n === 0 || divide(12, n) > 2],
  ['n != 0 && 12 / n > 2', ({ n }) => n !== 0 && divide(12, n) > 2],
];

type Change = readonly [set: Readonly<Record<string, string>>, make: (value: NaiveValue) => Partial<NaiveValue>];

const changes: readonly Change[] = [
  [{ n: 'n + 1' }, ({ n }) => ({ n: n + 1 })],
  [{ n: 'n * 500000000' }, ({ n }) => ({ n: n * 500_000_000 })],
  [{ n: '12 / n' }, ({ n }) => ({ n: divide(12, n) })],
  [{ n: 'size(tags)', id: 'string(n)' }, ({ tags, n }) => ({ n: tags.length, id: String(n) })],
  [{ id: "id + '!'" }, ({ id }) => ({ id: `${id}!` })],
  [{ id: 'note == null ? id : note', note: 'id' }, ({ id, note }) => ({ id: note ?? id, note: id })],
  [{ note: 'n > 2 ? id : null' }, ({ n, id }) => ({ note: n > 2 ? id : null })],
  [{ tags: 'tags + [id]' }, ({ tags, id }) => ({ tags: [...tags, id] })],
];

function changed(value: NaiveValue, part: Partial<NaiveValue>): NaiveValue {
  const next = { ...value, ...part };
  if (Math.abs(next.n) > 2 ** 31 - 1) throw new Failed('VALUE_OUT_OF_RANGE');
  return next;
}

/** Turns what is thrown into a failure; tombstones pass where an operator does not evaluate them. */
function evaluating(
  work: (value: NaiveValue, record: NaiveRecord) => NaiveResult,
  tombstone: (record: NaiveRecord) => NaiveResult = (record) => [['out', record]],
): RandomOperator['evaluate'] {
  return (record) => {
    if (record.value === null) return tombstone(record);
    try {
      return work(record.value, record);
    } catch (thrown) {
      if (thrown instanceof Failed) return { fails: thrown.code };
      throw thrown;
    }
  };
}

const same = (shape: Shape): Shape => shape;
const inferred = ({ key }: Shape): Shape => ({ value: 'inferred', key });

function filter(choose: Choice): RandomOperator {
  const [where, holds] = choose(conditions);
  return {
    options: { type: 'filter', where },
    ports: ['out', 'dropped'],
    evaluate: evaluating((value, record) => [[holds(value) ? 'out' : 'dropped', record]]),
    passesTombstones: true,
    shape: same,
  };
}

function map(choose: Choice): RandomOperator {
  const [set, make] = choose(changes);
  const keyBy = choose([null, null, 'id', 'note'] as const);
  const header = choose([true, false]);
  const timed = choose([true, false]);
  return {
    options: {
      type: 'map',
      set,
      ...(keyBy !== null && { keyBy }),
      ...(header && { headers: { h: 'id' } }),
      ...(timed && { timestamp: 'millis(size(id) * 1000)' }),
    },
    ports: ['out'],
    evaluate: evaluating((value, record) => {
      const made: NaiveRecord = {
        value: changed(value, make(value)),
        key: keyBy === null ? record.key : value[keyBy],
        timestamp: timed ? value.id.length * 1000 : record.timestamp,
        headers: header ? { ...record.headers, h: value.id } : record.headers,
      };
      return [['out', made]];
    }),
    passesTombstones: true,
    shape: ({ key }) => ({ value: 'inferred', key: keyBy === null ? key : 'text' }),
  };
}

function flatMap(choose: Choice): RandomOperator {
  const numbered = choose([true, false]);
  const set = numbered ? { id: 't', n: 'i' } : { id: 't' };
  return {
    options: { type: 'flatMap', each: 'tags', as: 't', ...(numbered && { index: 'i' }), set },
    ports: ['out', 'dropped'],
    evaluate: evaluating((value, record) => {
      if (value.tags.length === 0) return [['dropped', record]];
      return value.tags.map(
        (id, i) => ['out', { ...record, value: { ...value, id, ...(numbered && { n: i }) } }] as const,
      );
    }),
    passesTombstones: false,
    shape: inferred,
  };
}

function branch(choose: Choice): RandomOperator {
  const cases = [choose(conditions), choose(conditions)] as const;
  const match = choose(['first', 'all'] as const);
  const ports = ['c0', 'c1'] as const;
  return {
    options: { type: 'branch', match, cases: cases.map(([where], i) => ({ port: ports[i], where })) },
    ports: [...ports, 'unmatched'],
    evaluate: evaluating(
      (value, record) => {
        const chosen: string[] = [];
        for (const [i, [, holds]] of cases.entries()) {
          if (match === 'first' && chosen.length > 0) break;
          if (holds(value)) chosen.push(ports[i] as string);
        }
        return (chosen.length === 0 ? ['unmatched'] : chosen).map((port) => [port, record] as const);
      },
      (record) => ports.map((port) => [port, record] as const),
    ),
    passesTombstones: true,
    shape: same,
  };
}

function keyBy(choose: Choice): RandomOperator {
  const [by, make, key] = choose<readonly [unknown, (value: NaiveValue) => unknown, string]>([
    ['id', ({ id }) => id, 'text'],
    ['note', ({ note }) => note, 'text'],
    [['id', 'n'], ({ id, n }) => ({ id, n }), 'id and n'],
    [{ a: 'n + 1' }, ({ n }) => ({ a: n + 1 }), 'a'],
  ]);
  return {
    options: { type: 'keyBy', by },
    ports: ['out', 'dropped'],
    evaluate: evaluating((value, record) => {
      const made = make(value);
      return made === null ? [['dropped', record]] : [['out', { ...record, key: made }]];
    }),
    passesTombstones: false,
    shape: ({ value }) => ({ value, key }),
  };
}

function assert(choose: Choice): RandomOperator {
  const [where, holds] = choose(conditions);
  const true_ = (value: NaiveValue): boolean => {
    try {
      return holds(value);
    } catch {
      return false;
    }
  };
  return {
    options: { type: 'assert', that: { 'is so': where } },
    ports: ['out'],
    evaluate: evaluating((value, record) => (true_(value) ? [['out', record]] : { fails: 'ASSERTION_FAILED' })),
    passesTombstones: true,
    shape: same,
  };
}

function peek(): RandomOperator {
  return {
    options: { type: 'peek', log: 'debug' },
    ports: ['out'],
    evaluate: (record) => [['out', record]],
    passesTombstones: true,
    shape: same,
  };
}

function parse(): RandomOperator {
  return {
    options: {
      type: 'parse',
      of: 'id',
      pattern: '^(?<word>[a-z]+)(?<digits>[0-9]*)$',
      select: { id: "m.word == null ? '' : m.word", n: 'n', tags: 'tags', note: 'm.digits' },
    },
    ports: ['out'],
    evaluate: evaluating((value, record) => {
      const found = /^([a-z]+)([0-9]*)$/.exec(value.id);
      if (found === null) return { fails: 'NOT_PARSABLE' };
      const [, id = '', note = ''] = found;
      return [['out', { ...record, value: { ...value, id, note } }]];
    }),
    passesTombstones: false,
    shape: inferred,
  };
}

function process(): RandomOperator {
  const use = (value: NaiveValue, _record: unknown, emit: (record: object, port?: string) => void): void => {
    emit({ value: { ...value, n: Math.min(value.n, 100) } });
    if (value.n > 2) emit({ value, headers: { p: 'yes' }, timestamp: 5 }, 'big');
    if (value.n === 4) throw new Error('four');
  };
  return {
    options: { type: 'process', $use: use, output: valueSchema, ports: { big: valueSchema } },
    ports: ['out', 'big'],
    evaluate: evaluating((value, record) => {
      // What a function that fails has emitted before is not given.
      if (value.n === 4) return { fails: 'PROCESS_FAILED' };
      const big = ['big', { ...record, headers: { ...record.headers, p: 'yes' }, timestamp: 5 }] as const;
      const out = ['out', { ...record, value: { ...value, n: Math.min(value.n, 100) } }] as const;
      return value.n > 2 ? [out, big] : [out];
    }),
    passesTombstones: false,
    shape: ({ key }) => ({ value: 'named', key }),
  };
}

function lookup(choose: Choice): RandomOperator {
  const ordered = choose([true, false]);
  const fallback = choose([true, false]);
  const use = async ({ id, n }: NaiveValue): Promise<string | null> => {
    for (let turns = Math.abs(n * 7 + id.length) % 4; turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    if (n === 1) throw new Error('nobody');
    return n > 5 ? null : `of ${id}`;
  };
  return {
    options: {
      type: 'lookup',
      $use: use,
      as: 'note',
      returns: ['null', 'string'],
      ordered,
      concurrency: choose([1, 3, 10]),
      retry: { attempts: 0 },
      ...(fallback && { fallback: "'nobody'" }),
    },
    ports: ['out'],
    evaluate: evaluating((value, record) => {
      if (value.n === 1 && !fallback) return { fails: 'LOOKUP_FAILED' };
      const note = value.n === 1 ? 'nobody' : value.n > 5 ? null : `of ${value.id}`;
      return [['out', { ...record, value: { ...value, note } }]];
    }),
    passesTombstones: true,
    shape: inferred,
  };
}

function rx(choose: Choice): RandomOperator {
  const size = choose([1, 2, 7]);
  const use: RxFunction = () => (batches) =>
    batches.pipe(
      bufferCount(size),
      concatMap((group) => from(group)),
    );
  return {
    options: { type: 'rx', $use: use },
    ports: ['out'],
    evaluate: (record) => [['out', record]],
    passesTombstones: true,
    shape: same,
  };
}

/** Every kind of operator that is without state, without randomness and without rates. */
export const randomOperators: readonly ((choose: Choice) => RandomOperator)[] = [
  filter,
  map,
  map,
  flatMap,
  branch,
  keyBy,
  assert,
  peek,
  parse,
  process,
  lookup,
  rx,
];
