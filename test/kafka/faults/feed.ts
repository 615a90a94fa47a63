import { produce } from '../produce.ts';
import type { Workload } from './workload.ts';

const pauseMs = 100;

/** Writes records to the input of a workload until it is stopped, whatever happens to the brokers. */
export class Feed {
  readonly #workload: Workload;
  readonly #count: number;
  #isStopped = false;
  #loop: Promise<void> = Promise.resolve();
  /** How many batches were acknowledged, and how many were not: these stand in the log or do not. */
  acknowledged = 0;
  failed = 0;

  private constructor(workload: Workload, count: number) {
    this.#workload = workload;
    this.#count = count;
  }

  /** Starts to write batches of so many records. */
  static start(workload: Workload, count: number): Feed {
    const feed = new Feed(workload, count);
    feed.#loop = feed.#run();
    return feed;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { bootstrap, input } = this.#workload;
    while (!this.#isStopped) {
      await produce(bootstrap, input, this.#workload.records(this.#count)).then(
        () => this.acknowledged++,
        () => this.failed++,
      );
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
