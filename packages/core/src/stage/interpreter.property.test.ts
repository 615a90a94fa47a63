import { parseSchema } from '@headrace/avro';
import { check } from '@headrace/cel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../component/contexts.ts';
import type { StageOp } from '../component/stage-op.ts';
import type { Encoder } from '../component/encoding.ts';
import { bytesAt, bytesColumn, headersAt, type Columns, type Header } from '../record/columns.ts';
import { TaskBatch } from '../record/task-batch.ts';
import { Counters } from '../telemetry/counters.ts';
import { celEnvironment } from '../types/cel-environment.ts';
import type { EdgeType } from '../types/edge-type.ts';
import { interpretStage, type ExitRows, type StageExit } from './interpreter.ts';
import type { Stage, StageNode } from './stage.ts';

// Random stages over random records, against the plainest program that does the same: records are copied at every step.

interface Value {
  readonly n: number;
  readonly s: string;
  readonly x: number | null;
}

interface Item {
  readonly key: string | null;
  readonly value: Value | string | null;
  readonly timestamp: number;
  readonly headers: readonly string[];
  readonly failure: string | null;
}

const types = { n: 'int', s: 'string', x: ['null', 'double'] };
const fields = Object.entries(types).map(([name, type]) => ({ name, type }));
const schema = parseSchema({ type: 'record', name: 'V', fields });
const flags = { kind: 'stream', tombstones: true, partitionedBy: 'unknown', ordered: true, scope: 'record' } as const;
const whole = { epoch: 1, place: 0, selection: null, ordinals: null, failures: null, bytes: 0 };
const edge: EdgeType = { ...flags, key: { kind: 'string' }, value: schema };

class Fault extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** An expression in CEL and, as the oracle, in JavaScript. */
interface Pair<T> {
  readonly cel: Expression;
  readonly js: (item: Item) => T;
}

function pair<T>(text: string, js: (item: Item) => T): Pair<T> {
  const { checked, issues } = check(text, celEnvironment(edge, new Map([['limit', { kind: 'int' }]])));
  if (checked === null) throw new Error(JSON.stringify(issues));
  return { cel: checked, js };
}

function fieldsOf({ value }: Item): Value {
  if (value === null || typeof value === 'string') throw new Fault('VALUE_IS_NO_RECORD');
  return value;
}

const conditions: Pair<boolean>[] = [
  pair('n > 3', (item) => fieldsOf(item).n > 3),
  pair('n % 2 == 0 && s != "c"', (item) => fieldsOf(item).n % 2 === 0 && fieldsOf(item).s !== 'c'),
  pair('x == null', (item) => fieldsOf(item).x === null),
  pair('10 / n > 2', (item) => {
    const { n } = fieldsOf(item);
    if (n === 0) throw new Fault('DIVISION_BY_ZERO');
    return Math.trunc(10 / n) > 2;
  }),
  pair(
    'record.key == "k1" || timestamp > timestamp("1970-01-01T00:00:00.005Z")',
    (item) => item.key === 'k1' || item.timestamp > 5,
  ),
  pair('n < params.limit', (item) => fieldsOf(item).n < 4),
];
const ints: Pair<number>[] = [
  pair('n + 1', (item) => fieldsOf(item).n + 1),
  pair('n * 1000000000', (item) => fieldsOf(item).n * 1_000_000_000),
  pair('int(offset) * 0 + size(s)', (item) => fieldsOf(item).s.length),
];
const texts: Pair<string>[] = [
  pair('s + "!"', (item) => `${fieldsOf(item).s}!`),
  pair('string(n)', (item) => String(fieldsOf(item).n)),
];
const keys: Pair<string | null>[] = [
  pair('s', (item) => fieldsOf(item).s),
  pair('n > 2 ? s : null', (item) => (fieldsOf(item).n > 2 ? fieldsOf(item).s : null)),
];
const times: Pair<number>[] = [pair('millis(n * 10 - 20)', (item) => fieldsOf(item).n * 10 - 20)];

type Result = { readonly item: Item } | { readonly item: Item; readonly ports: readonly string[] };
interface Step {
  readonly op: StageOp;
  readonly run: (item: Item) => Result;
}

const pass =
  (change: (item: Item) => Item) =>
  (item: Item): Result => ({ item: item.value === null ? item : change(item) });
const asInt = (n: number): number => {
  if ((n | 0) !== n) throw new Fault('VALUE_OUT_OF_RANGE');
  return n;
};
const asTime = (ms: number): number => {
  if (ms < 0) throw new Fault('VALUE_OUT_OF_RANGE');
  return ms;
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...conditions).map(({ cel, js }): Step => ({
    op: { op: 'filter', where: cel, dropped: 'dropped' },
    run: (item) => (item.value === null || js(item) ? { item } : { item, ports: ['dropped'] }),
  })),
  fc.tuple(fc.constantFrom(...ints), fc.constantFrom(...texts)).map(([int, text]): Step => ({
    op: {
      op: 'project',
      let: [],
      fields: [
        ['n', int.cel],
        ['s', text.cel],
        ['x', { copy: ['x'] }],
      ],
      output: schema,
    },
    run: pass((item) => ({ ...item, value: { n: asInt(int.js(item)), s: text.js(item), x: fieldsOf(item).x } })),
  })),
  fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...conditions), { minLength: 2, maxLength: 3 }),
      fc.constantFrom('first', 'all'),
    )
    .map(([cases, mode]): Step => ({
      op: {
        op: 'branch',
        cases: cases.map(({ cel }, i) => [`case${i}`, cel]),
        mode: mode as 'first' | 'all',
        unmatched: 'unmatched',
      },
      run: (item) => {
        const ports: string[] = [];
        for (const [i, { js }] of cases.entries())
          if (item.value === null || ((mode === 'all' || ports.length === 0) && js(item))) ports.push(`case${i}`);
        return { item, ports: ports.length === 0 ? ['unmatched'] : ports };
      },
    })),
  fc.tuple(fc.constantFrom(...keys), fc.constantFrom('dropped', null)).map(([{ cel, js }, port]): Step => ({
    op: { op: 'key', by: cel, null: port },
    run: (item) => {
      const key = js(item);
      return key === null && port !== null ? { item, ports: [port] } : { item: { ...item, key } };
    },
  })),
  fc.constantFrom(...texts).map(({ cel, js }): Step => ({
    op: { op: 'headers', set: [['h', cel]] },
    run: pass((item) => ({ ...item, headers: [...item.headers, `h=${js(item)}`] })),
  })),
  fc.constantFrom(...times).map(({ cel, js }): Step => ({
    op: { op: 'timestamp', at: cel },
    run: pass((item) => ({ ...item, timestamp: asTime(js(item)) })),
  })),
);

interface PlainNode {
  readonly steps: readonly Step[];
  readonly ports: StageNode['ports'];
  readonly onError: 'fail' | 'skip';
}
type PlainStage = Readonly<Record<string, PlainNode>>;

const ports = ['out', 'dropped', 'case0', 'case1', 'case2', 'unmatched', 'error'];
const exitCount = 3;
const exits: readonly StageExit[] = [
  { kind: 'objects' },
  { kind: 'encoded', key: (key) => Buffer.from(String(key)), value: encode },
  { kind: 'objects' },
];
/** The same exits, with the bytes of the batch for what nobody has changed. */
const passingExits: readonly StageExit[] = exits.map((exit) =>
  exit.kind === 'encoded'
    ? {
        ...exit,
        key: { unchanged: 'asRead', encode: exit.key as Encoder },
        value: { unchanged: 'asRead', encode: exit.value as Encoder },
      }
    : exit,
);

// What comes to an error port of the head is raw text: expressions must not meet it, so only exits are behind that one.
const stageWith = (
  mostNodes: number,
  steps: fc.Arbitrary<Step[]>,
  linked: readonly string[] = ports,
): fc.Arbitrary<PlainStage> =>
  fc.integer({ min: 1, max: mostNodes }).chain((size) => {
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    const nodes = ids.map((id, i) => {
      const below: (string | number)[] = [...ids.slice(i + 1), ...Array.from({ length: exitCount }, (_, exit) => exit)];
      const targets = fc.uniqueArray(fc.constantFrom(...below), { maxLength: 2 });
      const errorTargets =
        i === 0
          ? fc.uniqueArray(fc.constantFrom(0, 2), { maxLength: 1 })
          : targets.map((all) => all.filter((to) => to !== 1));
      return fc
        .tuple(
          steps,
          fc.tuple(
            ...ports.map((port) =>
              !linked.includes(port) ? fc.constant([]) : port === 'error' ? errorTargets : targets,
            ),
          ),
          fc.constantFrom<'fail' | 'skip'>('skip', 'skip', 'skip', 'fail'),
        )
        .map(([steps, to, onError]): [string, PlainNode] => [
          id,
          { steps, ports: Object.fromEntries(ports.map((port, p) => [port, to[p] as (string | number)[]])), onError },
        ]);
    });
    return fc.tuple(...nodes).map((entries) => Object.fromEntries(entries));
  });

const stageOf = stageWith(5, fc.array(step, { maxLength: 3 }));
/** Stages that leave many records as they are. */
const fewSteps: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step[]>([]) },
  { weight: 1, arbitrary: fc.array(step, { maxLength: 1 }) },
);
const stageOfFewSteps = stageWith(3, fewSteps, ['out', 'error']);

function encode(value: unknown): Uint8Array {
  if (typeof value === 'object' && (value as Value).s.length > 1) throw new Fault('NOT_ENCODABLE');
  return Buffer.from(JSON.stringify(value));
}

/** The text that the head decodes. */
const rawOf = ({ value }: Item, isBad: boolean): string | null =>
  isBad ? 'bad' : value === null ? null : JSON.stringify(value);

/** One record at an exit, as plain data; after the first two timestamp, key, value, headers and failure. */
type Seen = readonly [offset: number, ordinal: number, ...rest: unknown[]];
interface Outcome {
  readonly exits: readonly (readonly Seen[])[];
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly thrown: string | null;
}

function reference(
  stage: PlainStage,
  items: readonly Item[],
  undecodable: ReadonlySet<number>,
  selection: readonly number[] = [...items.keys()],
): Outcome {
  const seen: Seen[][] = exits.map(() => []);
  const counts: Record<string, Record<string, number>> = {};
  const count = (id: string, port: string): void => {
    const of = (counts[id] ??= {});
    of[port] = (of[port] ?? 0) + 1;
  };
  const reachExit = (exit: number, offset: number, item: Item): void => {
    const isBytes = exits[exit]?.kind === 'encoded';
    const value = isBytes && item.value !== null ? encode(item.value).toString() : item.value;
    const ordinal = (seen[exit] as Seen[]).filter((other) => other[0] === offset).length;
    seen[exit]?.push([offset, ordinal, item.timestamp, item.key, value, item.headers, item.failure]);
  };
  const send = (id: string, port: string, offset: number, item: Item, fail: (fault: Fault) => void): void => {
    let delivered = true;
    for (const target of stage[id]?.ports[port] ?? []) {
      if (typeof target === 'string') visit(target, offset, item);
      else
        try {
          reachExit(target, offset, item);
        } catch (fault) {
          delivered = false;
          fail(fault as Fault);
        }
    }
    if (delivered) count(id, port);
  };
  const failAt =
    (id: string, place: string, offset: number, item: Item) =>
    (fault: Fault): void => {
      const node = stage[id] as PlainNode;
      const value = id === 'n0' ? rawOf(items[offset] as Item, undecodable.has(offset)) : item.value;
      const failed = { ...item, value, failure: `${id} ${place} ${fault.code}` };
      if ((node.ports['error'] ?? []).length > 0)
        send(id, 'error', offset, failed, (inner) => {
          throw inner;
        });
      else if (node.onError === 'fail') throw fault;
      else count(id, 'skipped');
    };
  const visit = (id: string, offset: number, item: Item): void => {
    count(id, 'in');
    let result: Result = { item };
    try {
      for (const { run } of (stage[id] as PlainNode).steps) if (!('ports' in result)) result = run(result.item);
    } catch (fault) {
      failAt(id, 'process', offset, item)(fault as Fault);
      return;
    }
    for (const port of 'ports' in result ? result.ports : ['out'])
      send(id, port, offset, result.item, failAt(id, 'deliver', offset, item));
  };
  try {
    selection.forEach((offset) => {
      if (!undecodable.has(offset)) return visit('n0', offset, items[offset] as Item);
      count('n0', 'in');
      failAt('n0', 'decode', offset, items[offset] as Item)(new Fault('BAD'));
    });
  } catch (fault) {
    return { exits: [], counts: {}, thrown: (fault as Fault).code };
  }
  return { exits: seen, counts, thrown: null };
}

function interpreted(
  stage: PlainStage,
  items: readonly Item[],
  undecodable: ReadonlySet<number>,
  cut: number,
  by: { readonly columns: boolean; readonly selection: readonly number[] | null } = { columns: false, selection: null },
): Outcome & { readonly passed: number } {
  const nodes = Object.fromEntries(
    Object.entries(stage).map(([id, node]) => [
      id,
      { ops: node.steps.map(({ op }) => op), ports: node.ports, onError: node.onError },
    ]),
  );
  const plain: Stage = { head: 'n0', exits: exitCount, nodes };
  const interpreter = interpretStage(plain, {
    topology: 't',
    decodeKey: (buffer, start, end) => Buffer.from(buffer.subarray(start, end)).toString(),
    decodeValue: (buffer, start, end) => {
      const text = Buffer.from(buffer.subarray(start, end)).toString();
      if (text === 'bad') throw new Fault('BAD');
      return JSON.parse(text);
    },
    ...(by.columns && { decodesAll: { key: true, value: undecodable.size === 0 } }),
    exits: by.columns ? passingExits : exits,
    parameters: { limit: 4 },
    origin: () => ({ topic: null, partition: null }),
  });
  const texts = items.map((item, i) => rawOf(item, undecodable.has(i)));
  const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));
  const columns: Columns = {
    count: items.length,
    offsets: Float64Array.from(items.keys()),
    timestamps: Float64Array.from(items, (item) => item.timestamp),
    keys: bytesColumn(items.map((item) => bytes(item.key))),
    values: bytesColumn(texts.map(bytes)),
    headers: { kind: 'objects', items: items.map(({ headers }) => headersOf(headers)) },
  };
  const all = new TaskBatch(
    { opened: () => {}, closed: () => {} },
    {
      origin: { task: 't', incarnation: 1, source: 'n0', split: 's' },
      columns,
      ...whole,
    },
  );
  const batch = by.selection === null ? all : all.view(Uint32Array.from(by.selection));
  const counters = new Counters();
  try {
    const slices = [interpreter.run(batch, 0, cut, counters), interpreter.run(batch, cut, batch.rows, counters)];
    return {
      passed: slices.flat().filter((rows) => rows?.passed).length,
      exits: exits.map((_, exit) => slices.flatMap((slice) => seenOf(slice[exit] ?? null))),
      counts: counters.snapshot(),
      thrown: null,
    };
  } catch (error) {
    return { passed: 0, exits: [], counts: {}, thrown: (error as { code: string }).code };
  }
}

function headersOf(texts: readonly string[]): readonly Header[] | null {
  if (texts.length === 0) return null;
  return texts.map((text) => ({ name: text.slice(0, 1), value: Buffer.from(text.slice(2)) }));
}

function seenOf(rows: ExitRows | null): Seen[] {
  if (rows === null) return [];
  const { columns, ordinals, failures } = rows;
  const at = (column: Columns['keys'], row: number): unknown => {
    if (column.kind === 'objects')
      return column.items[row] instanceof Uint8Array ? Buffer.from(column.items[row]).toString() : column.items[row];
    const bytes = bytesAt(column, row);
    return bytes === null ? null : Buffer.from(bytes).toString();
  };
  return Array.from(rows.selection ?? Array(columns.count).keys(), (row): Seen => {
    const failure = failures?.[row] ?? null;
    return [
      columns.offsets[row] as number,
      ordinals?.[row] ?? 0,
      columns.timestamps[row] as number,
      at(columns.keys, row),
      at(columns.values, row),
      headersAt(columns.headers, row).map(
        ({ name, value }) => `${name}=${Buffer.from(value as Uint8Array).toString()}`,
      ),
      failure === null ? null : `${failure.node} ${failure.stage} ${failure.code}`,
    ];
  });
}

const item: fc.Arbitrary<Item> = fc.record({
  key: fc.constantFrom('k1', 'k2', null),
  value: fc.option(
    fc.record({ n: fc.integer({ min: 0, max: 5 }), s: fc.constantFrom('a', 'b', 'c'), x: fc.constantFrom(1.5, null) }),
    { freq: 6 },
  ),
  timestamp: fc.integer({ min: 0, max: 9 }),
  headers: fc.constant([]),
  failure: fc.constant(null),
});

const itemWithHeaders = fc
  .tuple(item, fc.constantFrom([], [], ['h=1']))
  .map(([one, headers]): Item => ({ ...one, headers }));

describe('the interpreter of stages', () => {
  it('does what the plainest program does, however the rows are cut', () => {
    let [thrown, fanned] = [0, 0];
    fc.assert(
      fc.property(
        stageOf,
        fc.array(item, { minLength: 1, maxLength: 12 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 1 }),
        fc.nat(),
        (stage, items, bad, at) => {
          const undecodable = new Set(bad.filter((offset) => offset < items.length));
          const expected = reference(stage, items, undecodable);
          if (expected.thrown !== null) thrown++;
          if (expected.exits.some((rows) => rows.some((row) => row[1] > 0))) fanned++;
          expect(interpreted(stage, items, undecodable, at % (items.length + 1))).toMatchObject(expected);
        },
      ),
      { numRuns: 1500, seed: 7 },
    );
    expect(thrown).toBeGreaterThan(20);
    expect(fanned).toBeGreaterThan(50);
  });

  it('does the same where columns are passed on as they were read', () => {
    let [passed, mixed, thrown] = [0, 0, 0];
    fc.assert(
      fc.property(
        fc.oneof(stageOfFewSteps, stageOf),
        fc.array(itemWithHeaders, { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom(-1, -1, -1, 0, 5),
        fc.nat(),
        (stage, items, kept, selects, bad, at) => {
          const undecodable = new Set(bad >= 0 && bad < items.length ? [bad] : []);
          const selection = selects ? [...items.keys()].filter((row) => kept[row]) : null;
          const cut = at % ((selection ?? items).length + 1);
          const expected = reference(stage, items, undecodable, selection ?? undefined);
          const found = interpreted(stage, items, undecodable, cut, { columns: true, selection });
          if (expected.thrown !== null) thrown++;
          if (found.passed > 0) passed++;
          if (found.passed === 0 && (expected.exits[1] ?? []).length > 0) mixed++;
          expect(found).toMatchObject(expected);
        },
      ),
      { numRuns: 2500, seed: 11 },
    );
    expect(passed).toBeGreaterThan(300);
    expect(mixed).toBeGreaterThan(100);
    expect(thrown).toBeGreaterThan(20);
  });
});
