import {
  builtInComponents,
  bytesAt,
  defineSink,
  type BytesColumn,
  type RecordBatch,
  type Refusal,
  type Sink,
  type SinkContext,
} from '@headrace/core';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { Type } from 'typebox';
import { beforeEach, describe, expect, it } from 'vitest';
import { componentScenarios } from './component-scenarios.ts';

const names = {
  rows: 'takes the selected rows, copies them, and releases nothing',
  durable: 'makes an epoch durable once it is drained, and keeps it',
  hidden: 'shows nothing of an incarnation that was discarded before it was durable',
  tasks: 'takes the batches of several tasks',
  aborted: 'ends a write that is aborted',
  closed: 'writes nothing after it is closed, and leaves nothing open',
} as const;

let shown: Buffer[] = [];
beforeEach(() => {
  shown = [];
});

/** Keeps what it takes by task until it is drained, and shows it then. A sound sink, which tests break in one place each. */
class Keeping implements Sink {
  readonly context: SinkContext;
  kept = new Map<string, Buffer[]>();
  waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }[]>();
  closed = false;

  constructor(context: SinkContext) {
    this.context = context;
  }
  async begin(task: string): Promise<void> {
    this.kept.set(task, []);
  }
  async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    if (this.closed) throw new Error('closed');
    this.take(batch, rowsOf(batch));
    return [];
  }
  take(batch: RecordBatch, rows: readonly number[]): void {
    for (const row of rows)
      this.kept.get(batch.task)?.push(Buffer.from(bytesAt(batch.values as BytesColumn, row) ?? new Uint8Array()));
  }
  durable(task: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.set(task, [...(this.waiting.get(task) ?? []), { resolve, reject }]);
    });
  }
  async drain(task: string): Promise<void> {
    shown.push(...(this.kept.get(task) ?? []));
    this.kept.set(task, []);
    for (const { resolve } of this.waiting.get(task) ?? []) resolve();
    this.waiting.delete(task);
  }
  async discard(task: string): Promise<void> {
    for (const { reject } of this.waiting.get(task) ?? []) reject(new Error('discarded'));
    this.waiting.delete(task);
    this.kept.delete(task);
  }
  async close(): Promise<void> {
    this.closed = true;
    for (const task of this.kept.keys()) await this.discard(task);
  }
}

function rowsOf(batch: RecordBatch): number[] {
  return Array.from({ length: batch.rows }, (_, i) => batch.row(i));
}

/** Returns what is not true of a sink, by the names of the scenarios: of all, or of one. */
async function broken(sink: new (context: SinkContext) => Sink, only?: string): Promise<Record<string, string>> {
  const component = defineSink({
    type: 'keeping',
    summary: 'Keeps records in memory.',
    options: Type.Object({}, { additionalProperties: false }),
    examples: [{ summary: 'All', options: {} }],
    infer: (_options, input) => ({ key: null, value: { codec: 'json', options: {}, schema: input.value } }),
    traits: () => ({
      acknowledges: 'later',
      epochs: 'inOrder',
      concurrency: 4,
      transactional: false,
      idempotent: false,
    }),
    create: (_options, context) => new sink(context),
  });
  const scenarios = componentScenarios(component, {
    components: builtInComponents,
    records: [{ schema: 'string', value: 'the first', others: ['the second', 'the third'] }],
    visible: () => shown,
  });
  const found: Record<string, string> = {};
  for (const { name, run } of scenarios.filter(({ name }) => name === (only ?? name)))
    await run().catch((error: unknown) => {
      found[name] = String(error);
    });
  return found;
}

describe('the compliance suite of sinks', () => {
  it('finds nothing wrong with a sound sink', async () => {
    expect(await broken(Keeping)).toEqual({});
  });

  it('tells rows that are taken though they are not selected, or not taken', async () => {
    class All extends Keeping {
      override take(batch: RecordBatch): void {
        super.take(batch, [...Array(batch.count).keys()]);
      }
    }
    expect(await broken(All, names.rows)).toMatchObject({ [names.rows]: expect.stringContaining('not selected') });
    class None extends Keeping {
      override take(): void {}
    }
    expect(await broken(None, names.rows)).toMatchObject({ [names.rows]: expect.stringContaining('not copied') });
    class Twice extends Keeping {
      override take(batch: RecordBatch, rows: readonly number[]): void {
        super.take(batch, [...rows, ...rows]);
      }
    }
    expect(await broken(Twice, names.rows)).toMatchObject({ [names.rows]: expect.stringContaining('2 times') });
  });

  it('tells a sink that keeps views of the bytes that it was lent', async () => {
    class Views extends Keeping {
      override take(batch: RecordBatch, rows: readonly number[]): void {
        const { buffer, starts, ends } = batch.values as BytesColumn;
        for (const row of rows) {
          const start = starts[row] as number;
          this.kept
            .get(batch.task)
            ?.push(Buffer.from(buffer.buffer, buffer.byteOffset + start, (ends[row] as number) - start));
        }
      }
    }
    expect(await broken(Views, names.rows)).toMatchObject({ [names.rows]: expect.stringContaining('not copied') });
  });

  it('tells a sink that releases what it was lent, or keeps a handle', async () => {
    class Releases extends Keeping {
      override async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
        const refusals = await super.write(batch, signal);
        batch.release();
        return refusals;
      }
    }
    expect(await broken(Releases, names.rows)).toMatchObject({ [names.rows]: expect.stringContaining('releases') });
    class Retains extends Keeping {
      override async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
        batch.retain();
        return super.write(batch, signal);
      }
    }
    expect(await broken(Retains, names.rows)).toMatchObject({
      [names.rows]: expect.stringContaining('keeps a handle'),
    });
  });

  it('tells what is called durable and is not there, now or after the next start', async () => {
    class Early extends Keeping {
      override async drain(task: string): Promise<void> {
        const before = [...shown];
        await super.drain(task);
        shown = before;
      }
    }
    expect(await broken(Early, names.durable)).toHaveProperty([names.durable]);
    class Forgets extends Keeping {
      override async begin(task: string): Promise<void> {
        await super.begin(task);
        shown = [];
      }
    }
    expect(await broken(Forgets, names.durable)).toMatchObject({
      [names.durable]: expect.stringContaining('takes back'),
    });
  });

  it('tells what is shown of a discarded incarnation, or called durable', async () => {
    class Shows extends Keeping {
      override async begin(task: string): Promise<void> {
        if (!this.kept.has(task)) this.kept.set(task, []);
      }
      override async discard(task: string): Promise<void> {
        const kept = this.kept.get(task) ?? [];
        await super.discard(task);
        this.kept.set(task, kept);
      }
    }
    expect(await broken(Shows, names.hidden)).toMatchObject({ [names.hidden]: expect.stringContaining('earlier') });
    class Lies extends Keeping {
      override async discard(task: string): Promise<void> {
        for (const { resolve } of this.waiting.get(task) ?? []) resolve();
        this.waiting.delete(task);
        await super.discard(task);
      }
    }
    expect(await broken(Lies, names.hidden)).toMatchObject({
      [names.hidden]: expect.stringContaining('calls durable'),
    });
  });

  it('tells a task that takes another with it', async () => {
    class Together extends Keeping {
      override async discard(task: string): Promise<void> {
        await super.discard(task);
        for (const [other] of this.kept) this.kept.set(other, []);
      }
    }
    expect(await broken(Together, names.tasks)).toMatchObject({
      [names.tasks]: expect.stringContaining('another leaves'),
    });
  });

  it('tells an aborted write that keeps what it was lent', async () => {
    class Keeps extends Keeping {
      override async write(batch: RecordBatch): Promise<readonly Refusal[]> {
        batch.retain();
        return [];
      }
    }
    expect(await broken(Keeps, names.aborted)).toHaveProperty([names.aborted]);
  });

  it('tells timers, open files and writes after the end', async () => {
    class Timer extends Keeping {
      override async begin(task: string): Promise<void> {
        await super.begin(task);
        this.context.clock.after(60_000, () => undefined);
      }
    }
    expect(await broken(Timer, names.closed)).toMatchObject({ [names.closed]: expect.stringContaining('timers') });
    const opened: number[] = [];
    class Opens extends Keeping {
      override async begin(task: string): Promise<void> {
        await super.begin(task);
        writeFileSync(this.context.resolvePath('a'), '');
        opened.push(openSync(this.context.resolvePath('a'), 'r'));
      }
    }
    // Only where the system tells which files are open.
    if (existsSync('/proc/self/fd'))
      expect(await broken(Opens, names.closed)).toMatchObject({
        [names.closed]: expect.stringContaining('files open'),
      });
    for (const file of opened) closeSync(file);
    class Late extends Keeping {
      override async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
        if (this.closed) shown.push(Buffer.from('late'));
        return this.closed ? [] : super.write(batch, signal);
      }
    }
    expect(await broken(Late, names.closed)).toMatchObject({
      [names.closed]: expect.stringContaining('after it was closed'),
    });
  });
});
