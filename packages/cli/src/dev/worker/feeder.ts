import { HeadraceError, isDynamic, notRandom, randomOf, randomValue } from '@headrace/core';
import type { Log, Registry, SourceNode, TopologyGraph } from '@headrace/core';
import { columnsOf, type InjectedRecord } from './injections.ts';
import type { RecordEncoder, RecordForm } from './record-encoder.ts';
import { readSamples, type WrittenRecord } from './samples.ts';
import { jsonOf } from './taps.ts';

const madeUpEveryMs = 500;
const largestAppend = 500;

/** What feeding needs. */
export interface FeederOptions {
  readonly graph: TopologyGraph;
  readonly registry: Registry;
  readonly encoder: RecordEncoder;
  readonly log: () => Promise<Log>;
  readonly partitionOf: (key: Uint8Array, partitions: number) => number;
  readonly say: (text: string, isError: boolean) => void;
}

/** Puts records into topics: samples, records that are made up, and those of the terminal. */
export class Feeder {
  readonly #options: FeederOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The partition of the next record without a key. */
  #turn = 0;

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  /** Feeds topics with their samples; one without samples gets records that are made up of its schema, where that may be. */
  async feed(
    topics: readonly string[],
    { makeUp, seed }: { readonly makeUp: boolean; readonly seed: number },
  ): Promise<void> {
    const { graph, say } = this.#options;
    for (const topic of topics) {
      const form = this.formOf(topic);
      const source = this.#sourceOf(topic);
      if (form === null || source === null) continue;
      try {
        const samples = readSamples(graph.directory, [topic, source.id]);
        if (samples !== null) {
          await this.append(topic, samples.records, form);
          say(`${samples.records.length} records of ${samples.file} are in topic "${topic}"`, false);
        } else if (makeUp) this.#makeUp(topic, source, form, seed);
      } catch (error) {
        say(`topic "${topic}" is not fed: ${error instanceof Error ? error.message : String(error)}`, true);
      }
    }
  }

  /** Says how records of a topic are written: as a source reads them, else as a sink writes them; null where no node has it. */
  formOf(topic: string): RecordForm | null {
    const source = this.#sourceOf(topic);
    if (source !== null) {
      const { id: node, key, value, options } = source;
      return { node, key, value, keyField: equalsOf(options['key']), subject: topic };
    }
    for (const node of this.#options.graph.nodes.values())
      if (node.kind === 'sink' && node.definition.topics?.(node.options).some((one) => one.topic === topic))
        return { node: node.id, key: node.key, value: node.value, keyField: null, subject: topic };
    return null;
  }

  /** Appends records to a topic. */
  async append(topic: string, records: readonly WrittenRecord[], form: RecordForm): Promise<void> {
    const log = await this.#options.log();
    const partitions = await log.partitions(topic, 'write');
    const encoded: { readonly record: InjectedRecord; readonly partition: number }[] = [];
    for (const [index, written] of records.entries()) {
      const record = await this.#options.encoder.encode(written, form, Date.now()).catch((error: unknown) => {
        throw records.length === 1 ? error : wrongRecord(index, error);
      });
      encoded.push({ record, partition: written.partition ?? this.#partition(record.key, partitions) });
    }
    for (let at = 0; at < encoded.length; at += largestAppend) {
      const part = encoded.slice(at, at + largestAppend);
      const refused = await log.append(
        topic,
        Int32Array.from(part, ({ partition }) => partition),
        columnsOf(part.map(({ record }) => record)),
      );
      const [first] = refused;
      if (first !== undefined) throw new Error('message' in first ? first.message : 'the broker is not ready');
    }
  }

  /** Ends what is made up. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
  }

  #partition(key: Uint8Array | null, partitions: number): number {
    return key === null ? this.#turn++ % partitions : this.#options.partitionOf(key, partitions);
  }

  #sourceOf(topic: string): SourceNode | null {
    for (const node of this.#options.graph.nodes.values()) {
      if (node.kind !== 'source') continue;
      const { topics = [] } = node.definition.subscription?.(node.options) ?? {};
      if (topics instanceof RegExp ? topics.test(topic) : topics.includes(topic)) return node;
    }
    return null;
  }

  #makeUp(topic: string, source: SourceNode, form: RecordForm, seed: number): void {
    const { say, registry } = this.#options;
    const { schema } = form.value;
    const where = `samples/${topic}.ndjson`;
    const none =
      isDynamic(schema) || schema.kind === 'bytes' || schema.kind === 'string' ? 'no schema' : notRandom(schema);
    if (none !== null || isDynamic(schema)) {
      say(
        `topic "${topic}" has no samples (${where}), and ${none === 'no schema' ? 'no record schema to make some of' : `${none} cannot be made up`}: send ${source.id} …`,
        false,
      );
      return;
    }
    const json = registry.codec('json')?.encoder(jsonOf(schema), schema);
    if (json === undefined) return;
    let index = 0;
    const one = async (): Promise<void> => {
      const random = randomOf(seed, index++);
      const value = JSON.parse(Buffer.from(json(randomValue(schema, random))).toString()) as unknown;
      const key =
        form.keyField === null && form.key?.codec === 'string' ? { key: `key-${Math.floor(random() * 8)}` } : {};
      await this.append(topic, [{ value, ...key }], form);
    };
    const timer = setInterval(() => {
      one().catch((error: unknown) => {
        clearInterval(timer);
        say(
          `no more records are made up for "${topic}": ${error instanceof Error ? error.message : String(error)}`,
          true,
        );
      });
    }, madeUpEveryMs);
    this.#timers.add(timer);
    say(`topic "${topic}" gets records that are made up of its schema, since there is no ${where}`, false);
  }
}

function wrongRecord(index: number, cause: unknown): HeadraceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HeadraceError('WRONG_SAMPLE', `record ${index + 1} of its samples: ${why}`, { cause });
}

function equalsOf(key: unknown): string | null {
  if (typeof key !== 'object' || key === null || !('equals' in key)) return null;
  return typeof key.equals === 'string' ? key.equals : null;
}
