import {
  builtInComponents,
  defineOperator,
  HeadraceError,
  type AsyncNodeContext,
  type OperatorDefinition,
  type RecordBatch,
  type StageOp,
} from '@headrace/core';
import { concatMap, EMPTY, from, map, mergeMap, Observable, of } from 'rxjs';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { componentScenarios } from './component-scenarios.ts';
import type { ComplianceContext } from './compliance-context.ts';

const schema = { type: 'record', name: 'Reading', fields: [{ name: 'n', type: 'int' }] };
const context: ComplianceContext = {
  components: builtInComponents,
  records: [{ schema, value: { n: 1 }, others: [{ n: 2 }, { n: 30 }] }],
};

const emit: StageOp = { op: 'emit', port: 'out' };
const sound = {
  type: 'same',
  summary: 'Passes records on.',
  options: Type.Object(
    { least: Type.Optional(Type.Integer({ description: 'The least that passes.' })) },
    { additionalProperties: false },
  ),
  examples: [{ summary: 'As it is', options: {} }],
  ports: () => [{ port: 'out', quiet: false }],
  infer: (_options, input) => ({ out: input }),
  traits: () => ({ key: 'keeps', order: 'keeps', holds: 'nothing', deterministic: true, stores: [] }),
} satisfies Partial<OperatorDefinition> & Parameters<typeof defineOperator>[0];
const synchronous = { ...sound, lower: (): StageOp[] => [emit] };
type Out = Observable<{ port: string; batch: RecordBatch }>;
const asynchronous = (node: (input: Observable<RecordBatch>, context: AsyncNodeContext) => Out, more: object = {}) =>
  defineOperator({ ...sound, ...more, create: (_options, context_) => (input) => node(input, context_) });
const passing = (input: Observable<RecordBatch>): Out => input.pipe(map((batch) => ({ port: 'out', batch })));

/** Returns what is not true of a component, by the names of the scenarios: of all, or of one. */
async function broken(component: OperatorDefinition, only?: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, run } of componentScenarios(component, context).filter(({ name }) => name === (only ?? name)))
    await run().catch((error: unknown) => {
      found[name] = String(error);
    });
  return found;
}

const names = {
  documented: 'documents itself and every option',
  examples: 'has examples, and each is valid',
  unknown: 'refuses an option that nobody reads',
  meant: 'suggests the option that was meant',
  typed: 'types exactly the ports that it declares',
  run: 'takes records through its examples, gives what its types say, and ends every batch',
  reached: 'reaches each port that it declares by an example',
  routed: 'sends what fails to "error", with a code, and loses nothing silently',
  repeatable: 'gives the same again where its traits say so',
  order: 'keeps keys and their order where its traits say so',
  stops: 'stops its work when it is unsubscribed',
  rewound: 'begins anew after a rewind, and loses nothing',
} as const;

describe('the compliance suite of operators', () => {
  it('finds nothing wrong with a sound operator, synchronous or not', async () => {
    expect(await broken(defineOperator(synchronous))).toEqual({});
    expect(await broken(asynchronous(passing))).toEqual({});
  });

  it('has all of these scenarios, so that each of them is seen to fail below', () => {
    const listed = componentScenarios(asynchronous(passing), context).map(({ name }) => name);
    expect(listed).toEqual(Object.values(names));
  });

  it('tells an option without a description, and a component without a summary', async () => {
    const options = Type.Object({ least: Type.Optional(Type.Integer()) }, { additionalProperties: false });
    expect(await broken(defineOperator({ ...synchronous, options }), names.documented)).toMatchObject({
      [names.documented]: expect.stringContaining('least'),
    });
    expect(await broken(defineOperator({ ...synchronous, summary: ' ' }), names.documented)).toHaveProperty([
      names.documented,
    ]);
  });

  it('tells that there is no example, or none that is valid', async () => {
    expect(await broken(defineOperator({ ...synchronous, examples: [] }), names.examples)).toHaveProperty([
      names.examples,
    ]);
    const examples = [{ summary: 'Wrong', options: { least: 'x' as unknown as number } }];
    expect(await broken(defineOperator({ ...synchronous, examples }), names.examples)).toMatchObject({
      [names.examples]: expect.stringContaining('WRONG_TYPE'),
    });
  });

  it('tells that unknown options are accepted, also deep inside', async () => {
    const description = 'The least that passes.';
    const least = Type.Optional(Type.Integer({ description }));
    const open = defineOperator({ ...synchronous, options: Type.Object({ least }) });
    expect(await broken(open, names.unknown)).toHaveProperty([names.unknown]);
    const inner = Type.Optional(Type.Object({ least }, { description }));
    const options = Type.Object({ inner }, { additionalProperties: false });
    const deep = defineOperator({ ...synchronous, options, examples: [{ summary: 'A', options: {} }] });
    expect(await broken(deep, names.unknown)).toEqual({
      [names.unknown]: expect.stringContaining('inner'),
    });
  });

  it('tells that nothing is suggested where an option is misspelt', async () => {
    const least = Type.Optional(Type.Integer({ description: 'The least that passes.' }));
    const options = Type.Object({ least, lleast: least }, { additionalProperties: false });
    const alike = defineOperator({ ...synchronous, options });
    expect(await broken(alike, names.meant)).toMatchObject({ [names.meant]: expect.stringContaining('"lleast"') });
  });

  it('tells ports that are not typed, and ports that nothing reaches', async () => {
    const ports = () => [
      { port: 'out', quiet: false },
      { port: 'rest', quiet: true },
    ];
    expect(await broken(defineOperator({ ...synchronous, ports }), names.typed)).toHaveProperty([names.typed]);
    const infer: (typeof sound)['infer'] = (_options, input) => ({ out: input, rest: input });
    expect(await broken(defineOperator({ ...synchronous, ports, infer }), names.reached)).toEqual({
      [names.reached]: expect.stringContaining('"rest"'),
    });
  });

  it('tells values that are not of the type that was inferred', async () => {
    const text = { kind: 'string' } as const;
    const infer = (_options: object, input: Parameters<(typeof sound)['infer']>[1]) => ({
      out: { ...input, value: text },
    });
    expect(await broken(defineOperator({ ...synchronous, infer }), names.run)).toMatchObject({
      [names.run]: expect.stringContaining('expected'),
    });
  });

  it('tells what leaves by a port that is not declared', async () => {
    const node = (input: Observable<RecordBatch>): Out => input.pipe(map((batch) => ({ port: 'elsewhere', batch })));
    expect(await broken(asynchronous(node), names.run)).toMatchObject({
      [names.run]: expect.stringContaining('elsewhere'),
    });
  });

  it('tells a batch that nobody released, and one that was released twice', async () => {
    const leaks = (input: Observable<RecordBatch>): Out =>
      input.pipe(map((batch) => ({ port: 'out', batch: batch.view(null) })));
    expect(await broken(asynchronous(leaks), names.run)).toHaveProperty([names.run]);
    const twice = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        map((batch) => {
          const passed = batch.view(null);
          batch.release();
          batch.release();
          return { port: 'out', batch: passed };
        }),
      );
    expect(await broken(asynchronous(twice), names.run)).toMatchObject({
      [names.run]: expect.stringContaining('released twice'),
    });
  });

  it('tells a record that is lost, and a failure that ends all instead of the record', async () => {
    const loses = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        mergeMap((batch) => {
          batch.release();
          return EMPTY;
        }),
      );
    expect(await broken(asynchronous(loses), names.routed)).toMatchObject({
      [names.routed]: expect.stringContaining('loses a record'),
    });
    const falls = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        map((batch) => {
          if (batch.values.kind === 'objects' && batch.values.items.some((item) => (item as { n: number }).n === 30))
            throw new HeadraceError('TOO_LARGE', 'Too large.');
          return { port: 'out', batch };
        }),
      );
    expect(await broken(asynchronous(falls), names.routed)).toHaveProperty([names.routed]);
  });

  it('tells a failure that does not say what or where', async () => {
    const failing =
      (failure: object) =>
      (input: Observable<RecordBatch>): Out =>
        input.pipe(
          map((batch) => {
            const { count, offsets, timestamps, keys, values, headers, source, split } = batch;
            const place = { source, split, stage: 'process', offset: 0, timestamp: 0, attempts: 1 } as const;
            const failures = Array.from({ length: count }, () => ({
              node: 'subject',
              code: 'TOO_LARGE',
              message: 'Too large.',
              ...place,
              ...failure,
            }));
            const failed = batch.derive({ count, offsets, timestamps, keys, values, headers }, null, failures, 0);
            batch.release();
            return { port: 'error', batch: failed };
          }),
        );
    const reachable = { ports: () => [], infer: () => ({}) };
    for (const [failure, said] of [
      [{ code: 'too large' }, 'no code'],
      [{ message: '' }, 'without a message'],
      [{ node: 'other' }, 'blames'],
    ] as const)
      expect(await broken(asynchronous(failing(failure), reachable), names.routed)).toMatchObject({
        [names.routed]: expect.stringContaining(said),
      });
    expect(await broken(asynchronous(failing({}), reachable), names.routed)).toEqual({});
  });

  it('tells what is called deterministic and is not', async () => {
    let calls = 0;
    const node = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        map((batch) => {
          const { count, offsets, timestamps, keys, headers } = batch;
          const items = Array.from({ length: count }, () => ({ n: calls++ }));
          const made = batch.derive(
            { count, offsets, timestamps, keys, headers, values: { kind: 'objects', items } },
            null,
            null,
            0,
          );
          batch.release();
          return { port: 'out', batch: made };
        }),
      );
    expect(await broken(asynchronous(node), names.repeatable)).toEqual({
      [names.repeatable]: expect.stringContaining('deterministic'),
    });
    const traits = () => ({ ...sound.traits(), deterministic: false }) as const;
    expect(await broken(asynchronous(node, { traits }), names.repeatable)).toEqual({});
  });

  it('tells an order that is lost, whether the traits or the types deny it', async () => {
    const reversed = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        map((batch) => {
          const rows = Uint32Array.from({ length: batch.rows }, (_, i) => batch.row(batch.rows - 1 - i));
          const there = batch.view(rows);
          batch.release();
          return { port: 'out', batch: there };
        }),
      );
    expect(await broken(asynchronous(reversed), names.order)).toHaveProperty([names.order]);
    const traits = () => ({ ...sound.traits(), order: 'loses', deterministic: false }) as const;
    expect(await broken(asynchronous(reversed, { traits }), names.order)).toEqual({
      [names.order]: expect.stringContaining('the type of "out" says'),
    });
    const infer: (typeof sound)['infer'] = (_options, input) => ({ out: { ...input, ordered: false } });
    expect(await broken(asynchronous(reversed, { traits, infer }), names.order)).toEqual({});
  });

  it('tells keys that are changed', async () => {
    const node = (input: Observable<RecordBatch>): Out =>
      input.pipe(
        map((batch) => {
          const { count, offsets, timestamps, values, headers } = batch;
          const keys = { kind: 'objects', items: Array.from({ length: count }, () => 'same') } as const;
          const made = batch.derive({ count, offsets, timestamps, keys, values, headers }, null, null, 0);
          batch.release();
          return { port: 'out', batch: made };
        }),
      );
    expect(await broken(asynchronous(node), names.order)).toEqual({
      [names.order]: expect.stringContaining('another key'),
    });
  });

  it('tells timers and work that go on after the end', async () => {
    const timer = (input: Observable<RecordBatch>, { clock }: AsyncNodeContext): Out =>
      input.pipe(
        concatMap(
          (batch) =>
            new Observable<{ port: string; batch: RecordBatch }>((subscriber) => {
              clock.after(10, () => {
                subscriber.next({ port: 'out', batch });
                subscriber.complete();
              });
            }),
        ),
      );
    expect(await broken(asynchronous(timer), names.stops)).toEqual({
      [names.stops]: expect.stringContaining('timers behind'),
    });
    const works = (input: Observable<RecordBatch>, { clock }: AsyncNodeContext): Out =>
      input.pipe(
        concatMap((batch) => {
          let rounds = 0;
          const turn = (): void => {
            if (rounds++ < 10_000) clock.soon(turn);
          };
          turn();
          return of({ port: 'out', batch });
        }),
      );
    expect(await broken(asynchronous(works), names.stops)).toHaveProperty([names.stops]);
  });

  it('tells what is given up for good by a rewind', async () => {
    const subscribed = { times: 0 };
    const node = (input: Observable<RecordBatch>, { clock }: AsyncNodeContext): Out => {
      subscribed.times++;
      return input.pipe(
        concatMap((batch) => {
          // What it has taken once it does not take again.
          const taken = seen.has(clock);
          seen.add(clock);
          if (!taken) return from(new Promise<never>(() => {}));
          batch.release();
          return EMPTY;
        }),
      );
    };
    const seen = new WeakSet<object>();
    expect(await broken(asynchronous(node), names.rewound)).toHaveProperty([names.rewound]);
    expect(subscribed.times).toBeGreaterThan(1);
  });
});
