import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import {
  builtInComponents,
  bytesColumn,
  defineSource,
  nullColumn,
  streamEdge,
  type Columns,
  type Position,
  type ReadLimit,
  type ReadResult,
  type SourceContext,
  type SourceDefinition,
  type SplitReader,
} from '@headrace/core';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { componentScenarios } from './component-scenarios.ts';

const names = {
  pieces: 'reads what its examples name, in pieces within their limits',
  undecodable: 'sends what it cannot read to "error"',
  types: 'gives records that its types say',
  positions: 'goes on from each of its positions',
  closed: 'ends reads that wait, and leaves nothing open when it is closed',
  subscribes: 'says which topics it reads, and where it begins',
  group: 'reads its topics through the runtime, gives what its types say, and commits',
} as const;

const lines = ['"one"', '"two"', '"three"', '"four"', '"five"'];

/** Reads five records of memory, then ends. A sound reader, which tests break in one place each. */
class Reading implements SplitReader {
  readonly context: SourceContext;
  next: number;

  constructor(context: SourceContext, at: Position | null) {
    this.context = context;
    this.next = this.begin(at);
  }
  begin(at: Position | null): number {
    return at === null ? 0 : (at as { next: number }).next;
  }
  async read(limit: ReadLimit, _signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
    if (this.next >= lines.length) return 'end';
    const from = this.next;
    const to = Math.min(lines.length, from + Math.min(2, limit.records));
    this.next = to;
    return { records: this.columns(from, to), next: this.position(to), nextOffset: to };
  }
  columns(from: number, to: number): Columns {
    const count = to - from;
    return {
      count,
      offsets: Float64Array.from({ length: count }, (_, i) => from + i),
      timestamps: new Float64Array(count),
      keys: nullColumn(count),
      values: bytesColumn(lines.slice(from, to).map((line) => Buffer.from(line))),
      headers: nullColumn(count),
    };
  }
  position(next: number): Position {
    return { next };
  }
  async close(): Promise<void> {}
}

function source(reader: new (context: SourceContext, at: Position | null) => SplitReader, more = {}): SourceDefinition {
  return defineSource({
    type: 'memory',
    summary: 'Reads records of memory.',
    options: Type.Object({}, { additionalProperties: false }),
    examples: [{ summary: 'All', options: {} }],
    infer: () => {
      const schema = { kind: 'string' } as const;
      const edge = { key: null, value: schema, kind: 'stream', tombstones: false, partitionedBy: 'unknown' } as const;
      return {
        output: { ...edge, ordered: true, scope: 'record' },
        key: null,
        value: { codec: 'json', options: {}, schema },
      };
    },
    traits: () => ({ scope: 'host', replay: 'position', bounded: true }),
    create: (_options, context) => ({
      async *splits() {
        yield 'memory';
      },
      open: (_split, at) => new reader(context, at),
    }),
    ...more,
  });
}

/** Returns what is not true of a source, by the names of the scenarios: of all, or of one. */
async function broken(component: SourceDefinition, only?: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const context = { components: builtInComponents, records: [{ schema: 'string', value: 'a', others: ['b', 'c'] }] };
  for (const { name, run } of componentScenarios(component, context).filter(({ name }) => name === (only ?? name)))
    await run().catch((error: unknown) => {
      found[name] = String(error);
    });
  return found;
}

const fails = async (component: SourceDefinition, name: string, sentence: string) =>
  expect(await broken(component, name)).toMatchObject({ [name]: expect.stringContaining(sentence) });

describe('the compliance suite of sources', () => {
  it('finds nothing wrong with a sound source', async () => {
    expect(await broken(source(Reading))).toEqual({});
  });

  it('tells a source that gives nothing, or does not end though it says so', async () => {
    await fails(
      source(
        class extends Reading {
          override async read(): Promise<'end'> {
            return 'end';
          }
        },
      ),
      names.pieces,
      'no records',
    );
    await fails(
      source(
        class extends Reading {
          override async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
            const result = await super.read(limit, signal);
            return result === 'end' ? 'idle' : result;
          }
        },
      ),
      names.pieces,
      'does not end',
    );
    await fails(source(Reading, { create: undefined }), names.pieces, 'needs "create"');
  });

  it('tells pieces that are larger than asked for, or of unlike columns', async () => {
    await fails(
      source(
        class extends Reading {
          override async read(): Promise<ReadResult | 'end'> {
            if (this.next > 0) return 'end';
            this.next = lines.length;
            return { records: this.columns(0, this.next), next: this.position(this.next), nextOffset: this.next };
          }
        },
      ),
      names.pieces,
      'where 2 were asked for',
    );
    await fails(
      source(
        class extends Reading {
          override columns(from: number, to: number): Columns {
            return { ...super.columns(from, to), keys: nullColumn(0) };
          }
        },
      ),
      names.pieces,
      'different lengths',
    );
  });

  it('tells offsets that do not grow, and positions that are no JSON', async () => {
    await fails(
      source(
        class extends Reading {
          override columns(from: number, to: number): Columns {
            return { ...super.columns(from, to), offsets: new Float64Array(to - from) };
          }
        },
      ),
      names.pieces,
      'gives the offset',
    );
    await fails(
      source(
        class extends Reading {
          override async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
            const result = await super.read(limit, signal);
            return typeof result === 'string' ? result : { ...result, nextOffset: 0 };
          }
        },
      ),
      names.pieces,
      'comes next',
    );
    await fails(
      source(
        class extends Reading {
          override position(next: number): Position {
            return new Map([[next, next]]) as unknown as Position;
          }
        },
      ),
      names.pieces,
      'no JSON value',
    );
  });

  it('tells records that are not of the type that is said', async () => {
    class Numbers extends Reading {
      override columns(from: number, to: number): Columns {
        const values = bytesColumn(Array.from({ length: to - from }, () => Buffer.from('7')));
        return { ...super.columns(from, to), values };
      }
    }
    await fails(source(Numbers), names.types, 'expected');
  });

  it('tells records that are lost where they cannot be read', async () => {
    const bytes = { kind: 'bytes' } as const;
    const dropping = source(Reading, {
      infer: () => ({ output: streamEdge(bytes), key: null, value: { codec: 'bytes', options: {}, schema: bytes } }),
      // All but the first are let go of.
      lower: () => [{ op: 'sample', every: 1000, rate: null, by: null, dropped: 'dropped' }],
    });
    expect(await broken(dropping, names.undecodable)).toHaveProperty([names.undecodable]);
  });

  it('tells a position that another process cannot go on from', async () => {
    const known = new Map<string, number>();
    await fails(
      source(
        class extends Reading {
          override begin(at: Position | null): number {
            return at === null ? 0 : (at as { next: number }).next + 1;
          }
        },
      ),
      names.positions,
      'something else',
    );
    await fails(
      source(
        class extends Reading {
          override begin(at: Position | null): number {
            return at === null ? 0 : (known.get(JSON.stringify(at)) ?? 0);
          }
          override position(next: number): Position {
            return String(next);
          }
        },
      ),
      names.positions,
      'something else',
    );
  });

  it('tells timers and files that are left, and reads that do not hear that they are to stop', async () => {
    await fails(
      source(
        class extends Reading {
          override async read(limit: ReadLimit, signal: AbortSignal): Promise<ReadResult | 'idle' | 'end'> {
            this.context.clock.after(limit.waitMs, () => undefined);
            return super.read(limit, signal);
          }
        },
      ),
      names.closed,
      'timers behind',
    );
    if (!existsSync('/proc/self/fd')) return;
    const opened: number[] = [];
    await fails(
      source(
        class extends Reading {
          override begin(at: Position | null): number {
            writeFileSync(this.context.resolvePath('a'), '');
            opened.push(openSync(this.context.resolvePath('a'), 'r'));
            return super.begin(at);
          }
        },
      ),
      names.closed,
      'files open',
    );
    for (const file of opened) closeSync(file);
  });
});

describe('the compliance suite of sources that a group divides', () => {
  const grouped = {
    traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
    subscription: () => ({ topics: ['a', 'b'], start: 'earliest' }),
    create: undefined,
  };

  it('finds nothing wrong with a sound one', async () => {
    expect(await broken(source(Reading, grouped))).toEqual({});
  });

  it('tells one that names no topics', async () => {
    const subscription = () => ({ topics: [], start: 'earliest' });
    await fails(source(Reading, { ...grouped, subscription }), names.subscribes, 'reads no topic');
    await fails(source(Reading, { ...grouped, subscription: undefined }), names.subscribes, 'does not say');
  });

  it('tells one whose records are not of the type that is said', async () => {
    const sound = source(Reading, grouped);
    const infer: SourceDefinition['infer'] = (options, context) => {
      const inferred = sound.infer(options, context);
      return inferred === null ? null : { ...inferred, output: { ...inferred.output, value: { kind: 'int' } } };
    };
    await fails({ ...sound, infer }, names.group, 'expected');
  });
});
