import { deleteRecordsApi } from '@headrace/protocol';
import { seededRandom } from '../faults/seeded-random.ts';
import {
  batchOf,
  endsOf,
  fetchFrom,
  makeTopic,
  named,
  openClient,
  produceTo,
  shown,
  uniqueName,
  type ClusterHandle,
} from './cluster-handle.ts';
import { awaitCoordinator, commit, committed, join, leave, sync } from './group-handle.ts';
import {
  addOffsets,
  addPartitions,
  commitInTransaction,
  endAndSettle,
  endTransaction,
  initProducer,
  produceInTransaction,
  settled,
  type Identity,
} from './transaction-handle.ts';
import type { WireClient } from './wire-client.ts';

interface Writer {
  identity: Identity;
  /** The next sequence by partition, as the writer believes. */
  readonly sequences: Map<number, number>;
}

/** A world of one topic, two idempotent and two transactional producers, and a group; all choices are the seed's. */
class Player {
  readonly #client: WireClient;
  readonly #random: () => number;
  readonly #topic: string;
  readonly #group: string;
  readonly #plain: Writer[] = [];
  readonly #transactional: { readonly id: string; readonly writer: Writer; bumps: boolean }[] = [];
  /** Producer ids differ between clusters: they are told by the order in which they were given. */
  readonly #ids = new Map<number, number>();
  #member: { readonly memberId: string; readonly generationId: number } | null = null;
  #count = 0;

  constructor(client: WireClient, topic: string, group: string, seed: number) {
    this.#client = client;
    this.#topic = topic;
    this.#group = group;
    this.#random = seededRandom(seed);
  }

  async prepare(): Promise<void> {
    await awaitCoordinator(this.#client, this.#group);
    for (let index = 0; index < 2; index++) this.#plain.push(writerOf(await this.#init(null)));
    for (let index = 0; index < 2; index++) {
      const id = uniqueName('differential');
      this.#transactional.push({ id, writer: writerOf(await this.#init(id)), bumps: false });
    }
  }

  /** Does something and tells what came of it. */
  async step(): Promise<string> {
    const steps = [
      () => this.#produce(),
      () => this.#produceInOrder(),
      () => this.#produceInOrder(),
      () => this.#fetch(),
      () => this.#fetch(),
      () => this.#listOffsets(),
      () => this.#deleteRecords(),
      () => this.#addPartitions(),
      () => this.#produceTransactional(),
      () => this.#produceTransactional(),
      () => this.#produceTransactional(),
      () => this.#endTransaction(),
      () => this.#endTransaction(),
      () => this.#initAgain(),
      () => this.#commit(),
      () => this.#commitTransactional(),
      () => this.#changeMembers(),
    ];
    return this.#pick(steps)();
  }

  async #produce(): Promise<string> {
    const partition = this.#below(2);
    const batch = batchOf(this.#values(), { compression: this.#pick(['none', 'gzip']) });
    const fault = this.#below(12);
    if (fault === 0) batch.writeUInt8((batch.at(-1) as number) ^ 1, batch.length - 1);
    if (fault === 1) batch.writeInt32BE(7, 4);
    if (fault === 2) batch.writeInt16BE(0x20, 21);
    return this.#told(
      'produce',
      await produceTo(this.#client, this.#topic, batch, { partition: fault === 3 ? 5 : partition }),
    );
  }

  async #produceInOrder(): Promise<string> {
    const writer = this.#pick(this.#plain);
    const partition = this.#below(2);
    const sequence = this.#sequence(writer, partition);
    const values = this.#values();
    const epoch = writer.identity.epoch + (this.#below(15) === 0 ? -1 : 0);
    if (this.#below(20) === 0) writer.identity = { ...writer.identity, epoch: writer.identity.epoch + 1 };
    const producer = { ...writer.identity, producerEpoch: epoch, baseSequence: sequence, transactional: false };
    const answer = await produceTo(this.#client, this.#topic, batchOf(values, { producer }), { partition });
    if (answer.error === 'NONE') writer.sequences.set(partition, sequence + values.length);
    return this.#told(`idempotent ${sequence}+${values.length}@${epoch}`, answer);
  }

  async #fetch(): Promise<string> {
    const partition = this.#below(2);
    const isolationLevel = this.#below(2);
    const offset = this.#below(this.#count + 3);
    const { rows, aborted, ...rest } = await fetchFrom(this.#client, this.#topic, offset, {
      partition,
      isolationLevel,
    });
    const told = aborted?.map(({ producerId, firstOffset }) => `${this.#known(producerId)}@${firstOffset}`) ?? null;
    return this.#told(`fetch ${partition}/${offset}/${isolationLevel}`, { ...rest, told, rows: shown(rows) });
  }

  async #listOffsets(): Promise<string> {
    const isolationLevel = this.#below(2);
    const [latest, earliest, newest] = await Promise.all(
      [-1, -2, -3].map((timestamp) => endsOf(this.#client, this.#topic, [0, 1], { timestamp, isolationLevel })),
    );
    const offsets = [latest, earliest].map((each) => each?.map(({ error, offset }) => `${error} ${offset}`));
    return this.#told(`offsets/${isolationLevel}`, { offsets, newest: newest?.map(({ error }) => error) });
  }

  async #deleteRecords(): Promise<string> {
    const partitions = [{ partitionIndex: this.#below(2), offset: this.#below(Math.ceil(this.#count / 4) + 2) }];
    const body = { topics: [{ name: this.#topic, partitions }], timeoutMs: 30_000 };
    const answer = (await this.#client.send(deleteRecordsApi, body)).topics[0]?.partitions[0];
    return this.#told('delete', [named(answer?.errorCode ?? -1), answer?.lowWatermark]);
  }

  async #addPartitions(): Promise<string> {
    const { id, writer } = this.#pick(this.#transactional);
    const identity = this.#below(10) === 0 ? { ...writer.identity, epoch: writer.identity.epoch + 1 } : writer.identity;
    return this.#told('add', await addPartitions(this.#client, id, identity, this.#topic, [this.#below(2)]));
  }

  async #produceTransactional(): Promise<string> {
    const { id, writer } = this.#pick(this.#transactional);
    const partition = this.#below(2);
    const version = this.#pick([9, 11, 12]);
    const values = this.#values();
    const sequence = this.#sequence(writer, partition);
    let answer = { error: '', baseOffset: -1 };
    await settled(async () => {
      answer = await produceInTransaction(this.#client, this.#topic, id, writer.identity, sequence, values, {
        version,
        partition,
      });
      return answer.error;
    });
    if (answer.error === 'NONE') writer.sequences.set(partition, sequence + values.length);
    return this.#told(`transactional v${version} ${sequence}+${values.length}`, answer);
  }

  async #endTransaction(): Promise<string> {
    const { id, writer } = this.#pick(this.#transactional);
    const commits = this.#below(3) > 0;
    if (this.#below(2) === 0)
      return this.#told('end 3', await endAndSettle(this.#client, id, writer.identity, commits));
    let answer = { error: '', producerId: -1, epoch: -1 };
    await settled(async () => (answer = await endTransaction(this.#client, id, writer.identity, commits)).error);
    if (answer.error === 'NONE') {
      // The same again says the same, as soon as the markers are written.
      await settled(async () => (await endTransaction(this.#client, id, writer.identity, commits)).error);
      writer.identity = answer;
      writer.sequences.clear();
    }
    return this.#told(`end 5 ${commits}`, [answer.error, answer.epoch]);
  }

  async #initAgain(): Promise<string> {
    const { id, writer } = this.#pick(this.#transactional);
    const expected = this.#below(2) === 0 ? writer.identity : undefined;
    const answer = await this.#init(id, expected);
    writer.identity = answer;
    writer.sequences.clear();
    return this.#told('init', [answer.error, answer.epoch, this.#known(answer.producerId)]);
  }

  async #commit(): Promise<string> {
    const who = this.#below(3) === 0 ? {} : (this.#member ?? {});
    const error = await commit(this.#client, this.#group, this.#topic, this.#below(50), who);
    return this.#told('commit', [error, await committed(this.#client, this.#group, this.#topic, this.#below(2) === 0)]);
  }

  async #commitTransactional(): Promise<string> {
    const { id, writer } = this.#pick(this.#transactional);
    const added = this.#below(3) === 0 ? 'not added' : await addOffsets(this.#client, id, writer.identity, this.#group);
    const offset = this.#below(50);
    const options = { ...(this.#below(4) > 0 && this.#member), version: this.#pick([3, 5]) };
    const send = () =>
      commitInTransaction(this.#client, id, writer.identity, this.#group, this.#topic, offset, options);
    const error = await settled(send);
    return this.#told(`commit in transaction v${options.version}`, [
      added,
      error,
      await committed(this.#client, this.#group, this.#topic, true),
    ]);
  }

  async #changeMembers(): Promise<string> {
    if (this.#member !== null) {
      const { memberId } = this.#member;
      this.#member = null;
      return this.#told('leave', await leave(this.#client, this.#group, memberId));
    }
    const { error, memberId, generationId } = await join(this.#client, this.#group);
    this.#member = { memberId, generationId };
    return this.#told('join', [
      error,
      generationId,
      (await sync(this.#client, this.#group, generationId, memberId)).error,
    ]);
  }

  async #init(transactionalId: string | null, expected?: Identity) {
    const options = expected === undefined ? {} : { expected };
    const identity = await initProducer(this.#client, transactionalId, options);
    if (!this.#ids.has(identity.producerId)) this.#ids.set(identity.producerId, this.#ids.size);
    return identity;
  }

  /** Mostly the right one; sometimes one that was, or will be. */
  #sequence({ sequences }: Writer, partition: number): number {
    const next = sequences.get(partition) ?? 0;
    return Math.max(0, next + (this.#below(6) === 0 ? this.#below(7) - 3 : 0));
  }

  #values(): string[] {
    return Array.from({ length: 1 + this.#below(3) }, () => `v${this.#count++}`);
  }

  #known(producerId: number): string {
    return `producer ${this.#ids.get(producerId) ?? '?'}`;
  }

  #told(what: string, answer: unknown): string {
    return `${what}: ${JSON.stringify(answer)}`;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }
}

/** Plays the requests of a seed on a cluster and returns what came of each. */
export async function play(cluster: ClusterHandle, seed: number, steps: number): Promise<readonly string[]> {
  const client = await openClient(cluster);
  const topic = await makeTopic(client, 'differential', { partitions: 2 });
  const player = new Player(client, topic, uniqueName('differential'), seed);
  await player.prepare();
  const told: string[] = [];
  for (let step = 0; step < steps; step++) told.push(`${step} ${await player.step()}`);
  return told;
}

function writerOf(identity: Identity): Writer {
  return { identity, sequences: new Map() };
}
