import { bytesColumn, type Columns, type Position, type ReadLimit, type ReadResult, type Source } from '@headrace/core';
import type { SplitReader } from '@headrace/core';

/** A record from the terminal, as it is read. */
export interface InjectedRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string | null>>;
}

/** A source of what is sent from the terminal. What is not yet committed is kept, for readers that begin again. */
export class Injections implements Source {
  readonly #records: InjectedRecord[] = [];
  readonly #waiting = new Set<() => void>();
  /** The index of the first record that is kept. */
  #first = 0;

  /** Adds a record behind the others. */
  push(record: InjectedRecord): void {
    this.#records.push(record);
    for (const wake of this.#waiting) wake();
  }

  async *splits(): AsyncIterable<string> {
    yield 'terminal';
  }

  open(_split: string, at: Position | null): SplitReader {
    const index = at === null ? 0 : (at as { readonly index: number }).index;
    // An earlier process has committed this.
    this.#first = Math.max(this.#first, this.#records.length === 0 ? index : 0);
    let next = Math.max(index, this.#first);
    return {
      read: async (limit, signal) => {
        if (next >= this.#end) await this.#wait(limit.waitMs, signal);
        if (next >= this.#end) return 'idle';
        const result = this.#take(next, limit);
        next = result.nextOffset;
        return result;
      },
      committed: async (position) => this.#forget((position as { readonly index: number }).index),
      close: async () => {},
    };
  }

  get #end(): number {
    return this.#first + this.#records.length;
  }

  #take(from: number, { records: most }: ReadLimit): ReadResult {
    const records = this.#records.slice(from - this.#first, from - this.#first + most);
    const to = from + records.length;
    return { records: columnsOf(records, from), next: { version: 1, index: to }, nextOffset: to };
  }

  #forget(before: number): void {
    if (before <= this.#first) return;
    this.#records.splice(0, before - this.#first);
    this.#first = before;
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(end);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }
}

/** Makes columns of records; offsets count from `first`. */
export function columnsOf(records: readonly InjectedRecord[], first = 0): Columns {
  return {
    count: records.length,
    offsets: Float64Array.from(records, (_, index) => first + index),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
    keys: bytesColumn(records.map(({ key }) => key)),
    values: bytesColumn(records.map(({ value }) => value)),
    headers: {
      kind: 'objects',
      items: records.map(({ headers }) => {
        const list = Object.entries(headers).map(([name, value]) => ({
          name,
          value: value === null ? null : Buffer.from(value),
        }));
        return list.length === 0 ? null : list;
      }),
    },
  };
}
