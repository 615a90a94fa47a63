import { gatherRows, HeadraceError, routeOf } from '@headrace/core';
import type { AppendOptions, Columns, Log, RecordBatch, Refusal, Sink, SinkContext } from '@headrace/core';
import { partitionOf } from './murmur2.ts';
import { appendLessened } from './lessened-rows.ts';
import { headersOf, keyText, selectedRows, withOwnHeaders } from './topic-rows.ts';

/** So many neighbours without a key share a partition, for larger batches. */
const keylessRun = 64;

/** The names of the headers by which a stage tells this sink where a record goes. */
export const routes = { topic: 'topic', partition: 'partition' } as const;

/** How records are written, and to which topics. */
export interface TopicSinkOptions {
  /** The topics that may be written; with `byRecord` each record says which, else it is the only one. */
  readonly topics: readonly string[];
  readonly byRecord: boolean;
  /** Whether records say their partition. */
  readonly ownPartitions: boolean;
  readonly compression: NonNullable<AppendOptions['compression']>;
  /** Whether a record goes without its value where it is too large, and without its time where that is refused: the headers of a dead letter say both. */
  readonly lessens: boolean;
}

/** The rows that go to one topic, by their number among the selected ones; null: all. Their partitions, where they say them. */
interface Share {
  readonly topic: string;
  readonly rows: readonly number[] | null;
  readonly partitions: readonly (number | null)[] | null;
}

interface Refused {
  readonly code: string;
  readonly message: string;
}

/** Writes batches to topics: it awaits the acknowledgement of each, so that nothing lingers. */
export class TopicSink implements Sink {
  readonly #options: TopicSinkOptions;
  readonly #log: SinkContext['log'];
  readonly #allowed: ReadonlySet<string>;
  #closed = false;

  constructor(options: TopicSinkOptions, context: Pick<SinkContext, 'log'>) {
    this.#options = options;
    this.#allowed = new Set(options.topics);
    this.#log = () => context.log();
  }

  async begin(): Promise<void> {}

  async write(batch: RecordBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    if (this.#closed)
      throw new HeadraceError('SINK_CLOSED', `The sink of topic "${this.#options.topics.join(', ')}" is closed.`);
    const log = await this.#log();
    const rows = selectedRows(batch);
    const routed = this.#route(rows);
    const counts = new Map<string, number>();
    // Asked anew for each batch: a topic may get more partitions while it is written.
    for (const share of routed.shares)
      counts.set(share.topic, await log.partitions(share.topic, 'write', partitionsOf(share)));
    signal.throwIfAborted();
    const { shares, refusals } = this.#options.ownPartitions ? this.#route(rows, counts) : routed;
    const records = withOwnHeaders(rows);
    // Nothing may be under way any more when the batch is written again.
    const answers = await Promise.allSettled(
      shares.map((share) => this.#append(log, share, records, counts.get(share.topic) as number)),
    );
    for (const answer of answers)
      if (answer.status === 'rejected') throw answer.reason;
      else refusals.push(...answer.value);
    return refusals.map((refusal) => ({ ...refusal, row: batch.row(refusal.row) }));
  }

  async durable(): Promise<void> {}

  async drain(): Promise<void> {}

  async discard(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Says which rows go to which topic. A row that may not go where it says is refused, and those of its key behind it wait. */
  #route(rows: Columns, counts?: ReadonlyMap<string, number>): { shares: readonly Share[]; refusals: Refusal[] } {
    const { topics, byRecord, ownPartitions } = this.#options;
    const [only = ''] = topics;
    const refusals: Refusal[] = [];
    if (!byRecord && !ownPartitions)
      return { shares: rows.count === 0 ? [] : [{ topic: only, rows: null, partitions: null }], refusals };
    const shares = new Map<string, { topic: string; rows: number[]; partitions: (number | null)[] }>();
    const behind = new Set<string>();
    for (let row = 0; row < rows.count; row++) {
      const key = behind.size === 0 ? null : keyText(rows, row);
      if (key !== null && behind.has(key)) {
        refusals.push({ row, retryAfterMs: 0 });
        continue;
      }
      const headers = headersOf(rows, row);
      const topic = byRecord ? routeOf(headers, routes.topic) : only;
      const partition = ownPartitions ? routeOf(headers, routes.partition) : null;
      const refused = this.#refuses(topic, partition, counts?.get(topic ?? ''));
      if (refused !== null) {
        refusals.push({ row, ...refused });
        const own = keyText(rows, row);
        if (own !== null) behind.add(own);
        continue;
      }
      const share = shares.get(topic as string) ?? { topic: topic as string, rows: [], partitions: [] };
      shares.set(share.topic, share);
      share.rows.push(row);
      share.partitions.push(partition === null ? null : Number(partition));
    }
    return { shares: [...shares.values()], refusals };
  }

  #refuses(topic: string | null, partition: string | null, count = Infinity): Refused | null {
    if (topic === null || !this.#allowed.has(topic)) {
      const what = topic === null ? 'null' : `"${topic.slice(0, 80)}"`;
      return {
        code: 'TOPIC_NOT_ALLOWED',
        message: `The topic of the record is ${what}, which is not one of "topics".`,
      };
    }
    if (partition === null || (/^\d{1,9}$/.test(partition) && Number(partition) < count)) return null;
    const message = `The partition of the record is ${partition.slice(0, 20)}, and topic "${topic}" has ${String(count)}, counted from 0.`;
    return { code: 'PARTITION_NOT_THERE', message };
  }

  async #append(log: Log, share: Share, records: Columns, count: number): Promise<readonly Refusal[]> {
    const { topic, rows, partitions } = share;
    const columns = rows === null || rows.length === records.count ? records : gatherRows(records, rows);
    const numbers = new Int32Array(columns.count);
    for (let row = 0; row < numbers.length; row++)
      numbers[row] = partitions?.[row] ?? partitionFor(columns, row, count);
    const { compression, lessens } = this.#options;
    const answer = await log.append(topic, numbers, columns, { compression });
    const refusals = lessens ? await appendLessened(log, topic, numbers, columns, answer) : answer;
    return columns === records || rows === null
      ? refusals
      : refusals.map((refusal) => ({ ...refusal, row: rows[refusal.row] as number }));
  }
}

/** How many partitions a topic must have for its records to go where they say; nobody can say more than a number of 32 bits. */
function partitionsOf({ partitions }: Share): number {
  let most = 0;
  for (const partition of partitions ?? []) if (partition !== null && partition >= most) most = partition + 1;
  return most;
}

// Without a key the partition follows from the offset, so that a replay gives the same.
function partitionFor({ keys, offsets }: Columns, row: number, count: number): number {
  if (keys.kind === 'bytes') {
    const start = keys.starts[row] as number;
    if (start >= 0) return partitionOf(keys.buffer, start, keys.ends[row] as number, count);
  } else {
    const key = keys.items[row];
    if (key instanceof Uint8Array) return partitionOf(key, 0, key.length, count);
  }
  return Math.floor((offsets[row] as number) / keylessRun) % count;
}
