import { subscribe } from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { HeadraceError, startTopology, systemClock, TurnMarks } from '@headrace/core';
import type { Log, RunningTopology, SchemaRegistry, TelemetryEvents, TopologyGraph } from '@headrace/core';
import { partitionOf, registerSubject } from '@headrace/kafka';
import { describeError } from '../../report-error.ts';
import { startOnlooker } from '../../run/onlooker.ts';
import { openKafka } from '../../run/open-kafka.ts';
import { openSchemas } from '../../run/open-schemas.ts';
import { summarize } from '../../run/summary.ts';
import type { FromWorker, InjectRequest, RunRequest } from '../messages.ts';
import type { Version } from './check-version.ts';
import { Feeder } from './feeder.ts';
import { RecordEncoder, type RecordForm } from './record-encoder.ts';
import { jsonOf, recordOf, type WrittenRecord } from './samples.ts';
import { entranceId } from './taps.ts';

/** A version of a topology at work. */
export class DevRun {
  readonly #version: Version;
  readonly #request: RunRequest;
  readonly #send: (message: FromWorker) => void;
  readonly #graph: TopologyGraph;
  readonly #encoder: RecordEncoder;
  readonly #feeder: Feeder;
  #log: Promise<Log> | null = null;
  #schemas: SchemaRegistry | null = null;
  #running: RunningTopology | null = null;

  constructor(version: Version, request: RunRequest, send: (message: FromWorker) => void) {
    this.#version = version;
    this.#request = request;
    this.#send = send;
    this.#graph = withCluster(version, request);
    const { registry, graph } = version;
    this.#encoder = new RecordEncoder(registry, () => this.#openSchemas());
    this.#feeder = new Feeder({
      graph,
      registry,
      encoder: this.#encoder,
      log: () => this.#openLog(),
      partitionOf: (key, partitions) => partitionOf(key, 0, key.length, partitions),
      say: (text, isError) => this.#say(text, isError),
    });
  }

  /** Runs until it is drained or ends by itself; tells how. */
  async run(): Promise<void> {
    const { plan, registry, showing, graph, request } = this.#version;
    const startedAt = performance.now();
    const failed = (event: unknown): void => {
      const { node, code } = event as TelemetryEvents['headrace:record:failed'];
      if (!node.startsWith('$')) showing.failed(node, code);
    };
    subscribe('headrace:record:failed', failed);
    try {
      if (!request.isReal)
        for (const subject of this.#version.needs.subjects) await registerSubject(subject, this.#openSchemas());
      const marks = graph.functions.length === 0 ? null : new TurnMarks([...graph.nodes.keys()]);
      if (marks !== null) startOnlooker({ marks, drainTimeoutMs: graph.run.drainTimeoutMs, warns: true, json: false });
      this.#running = startTopology({
        plan: { ...plan, graph: { ...plan.graph, cluster: this.#graph.cluster } },
        registry,
        clock: systemClock,
        stateDirectory: request.stateDirectory,
        ...(marks === null ? {} : { marks }),
        openSchemas: () => openSchemas(this.#graph),
        openLog: () => this.#connect(graph.group),
      });
      await this.#running.started;
      if (this.#running.state === 'running') this.#send({ kind: 'started' });
      await this.#feeder.feed(this.#request.feed, this.#request);
      const { error } = await this.#running.finished;
      const summary = summarize(graph, this.#running.observe(), performance.now() - startedAt).text;
      await this.#end(error === null ? null : describeError(error), summary);
    } catch (error) {
      await this.#end(describeError(error), `${graph.name} did not start`);
    }
  }

  /** Delivers and commits what was taken, and ends. */
  drain(): void {
    this.#feeder.close();
    void this.#running?.drain();
  }

  /** Puts the samples into the topics once more. */
  async feed(): Promise<void> {
    const topics = this.#version.needs.topics.filter(({ readBy }) => readBy.length > 0).map(({ topic }) => topic);
    await this.#feeder.feed(topics, { makeUp: false, seed: 0 });
  }

  /** Sends a record of the terminal on its way, and says where it went or why it did not. */
  async inject(request: InjectRequest): Promise<void> {
    try {
      const to = this.#target(request.to);
      if (to === null) return this.#send({ kind: 'needsEntrance', node: request.to, again: request });
      const written = this.#written(request, to.form);
      if ('topic' in to) {
        await this.#feeder.append(to.topic, [written], to.form);
        this.#say(`sent to topic "${to.topic}"`, false);
      } else {
        const record = await this.#encoder.encode(written, to.form, Date.now());
        this.#check(record.value, to.form);
        this.#version.made.injections.get(request.to)?.push(record);
        this.#say(`sent to "${request.to}"`, false);
      }
    } catch (error) {
      this.#say(`nothing was sent: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  /** Where a record for a node or a topic goes: into a topic, or to what is read in this process; null where that is not there yet. */
  #target(to: string): { readonly topic: string; readonly form: RecordForm } | { readonly form: RecordForm } | null {
    const { graph, made } = this.#version;
    const node = graph.nodes.get(to);
    if (node === undefined || to.startsWith('$')) {
      const form = this.#feeder.formOf(to);
      if (form !== null) return { topic: to, form };
      const nodes = [...graph.nodes.keys()].filter((id) => !id.startsWith('$'));
      throw new HeadraceError('UNKNOWN_NODE', `There is no node or topic "${to}": there is ${nodes.join(', ')}.`);
    }
    if (node.kind === 'source') {
      const { topics } = node.definition.subscription?.(node.options) ?? {};
      const [topic] = topics instanceof RegExp ? [] : (topics ?? []);
      const form = topic === undefined ? null : this.#feeder.formOf(topic);
      if (topic !== undefined && form !== null) return { topic, form };
    }
    if (!made.injections.has(to)) return null;
    const entrance = made.graph.nodes.get(entranceId(to)) ?? made.graph.nodes.get(to);
    if (entrance?.kind !== 'source') return null;
    const { key, value } = entrance;
    return { form: { node: to, key, value, keyField: null, subject: to } };
  }

  #written({ text, isRecord }: InjectRequest, { value }: RecordForm): WrittenRecord {
    if (isRecord) return recordOf(text, 'the record');
    // Lines of text are what they are; in quotes they may hold what a line cannot.
    if (value.codec === 'string' || value.codec === 'bytes') return { raw: text };
    return { value: jsonOf(text, 'the value') };
  }

  /** What cannot be decoded would be left out without a word. */
  #check(value: Uint8Array | null, { value: encoding }: RecordForm): void {
    if (value === null) return;
    const codec = this.#version.registry.codec(encoding.codec);
    codec?.decoder(encoding)(value, 0, value.length, -1);
  }

  #say(text: string, isError: boolean): void {
    this.#send({ kind: 'said', text: this.#version.redact(text), isError });
  }

  async #end(error: string | null, summary: string): Promise<void> {
    this.#feeder.close();
    this.#version.showing.close();
    await (await this.#log?.catch(() => null))?.close();
    this.#schemas?.close();
    const { redact } = this.#version;
    this.#send({ kind: 'ended', error: error === null ? null : redact(error), summary });
  }

  /** A connection beside that of the topology, which is closed while it is drained. */
  #openLog(): Promise<Log> {
    this.#log ??= this.#connect(`${this.#graph.group}-dev`);
    return this.#log;
  }

  #connect(group: string): Promise<Log> {
    const graph = this.#graph;
    const logger = pino({ level: 'silent' });
    const brokers = this.#version.request.brokers ?? graph.cluster?.brokers ?? [];
    return openKafka(graph, { brokers, group, bounded: false, instance: undefined, logger, stalled: () => null });
  }

  #openSchemas(): SchemaRegistry {
    this.#schemas ??= openSchemas(this.#graph);
    return this.#schemas;
  }
}

/** Leads a topology to the broker and the registry of `dev`; a real cluster stays as it is written. */
function withCluster({ graph, request }: Version, { registry }: RunRequest): TopologyGraph {
  if (request.isReal || request.brokers === null) return graph;
  const { brokers } = request;
  return { ...graph, cluster: { brokers, ...(registry === null ? {} : { registry: { url: registry } }) } };
}
