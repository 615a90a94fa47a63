import type { Admin } from 'kafkajs';
import type { CommitSample } from '../../faults/history.ts';
import { foreignClient } from '../foreign-client.ts';
import { committedOffsets } from '../group-offsets.ts';

const intervalMs = 100;

/** Looks again and again at what a group has committed for a topic, with a client of its own. */
export class CommitSampler {
  readonly #bootstrap: string;
  readonly #group: string;
  readonly #topic: string;
  readonly #samples: CommitSample[] = [];
  #admin: Admin | null = null;
  #loop: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(bootstrap: string, group: string, topic: string) {
    this.#bootstrap = bootstrap;
    this.#group = group;
    this.#topic = topic;
  }

  /** How many offsets were committed at the last look, over all partitions. */
  get committed(): number {
    return [...(this.#samples.at(-1)?.committed.values() ?? [])].reduce((sum, offset) => sum + offset, 0);
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Looks a last time and returns all that was seen, in the order of time. */
  async stop(): Promise<readonly CommitSample[]> {
    if (this.#isStopped) return this.#samples;
    this.#isStopped = true;
    await this.#loop;
    const askedAt = Date.now();
    const offsets = await committedOffsets(this.#bootstrap, this.#group, this.#topic);
    const committed = new Map(offsets.map(({ partition, offset }) => [partition, offset]));
    this.#samples.push({ askedAt, answeredAt: Date.now(), committed });
    return this.#samples;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      // A broker may be away: what could not be seen is no sample.
      await this.#look().catch(() => this.#disconnect());
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    await this.#disconnect();
  }

  async #look(): Promise<void> {
    if (this.#admin === null) {
      const admin = foreignClient(this.#bootstrap).admin();
      await admin.connect();
      this.#admin = admin;
    }
    const askedAt = Date.now();
    const answers = await this.#admin.fetchOffsets({ groupId: this.#group, topics: [this.#topic] });
    const committed = new Map<number, number>();
    for (const { partition, offset } of answers.flatMap(({ partitions }) => partitions))
      if (Number(offset) >= 0) committed.set(partition, Number(offset));
    this.#samples.push({ askedAt, answeredAt: Date.now(), committed });
  }

  async #disconnect(): Promise<void> {
    const admin = this.#admin;
    this.#admin = null;
    await admin?.disconnect().catch(() => {});
  }
}
