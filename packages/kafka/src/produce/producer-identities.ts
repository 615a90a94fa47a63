import { HeadraceError } from '@headrace/core';
import { errorCode, initProducerIdApi } from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ProducerIdentity } from './partition-queue.ts';

const lastEpoch = 32_767;
const pauseMs = 100;
/** Not used without transactions, but brokers want one. */
const transactionTimeoutMs = 60_000;

/** Gives the partitions of an idempotent producer their identities: the same id for all, and an epoch that only grows (KIP-360). */
export class ProducerIdentities {
  readonly #cluster: Cluster;
  readonly #changed: () => void;
  #current: ProducerIdentity | null = null;
  #asking = false;
  #error: HeadraceError | null = null;
  #closed = false;

  /** `changed` is called when an identity, or the reason why there is none, has come. */
  constructor(cluster: Cluster, changed: () => void) {
    this.#cluster = cluster;
    this.#changed = changed;
  }

  /** Returns an identity that fences an earlier one; null while the cluster is asked. Fails where the cluster gives none. */
  after(previous: ProducerIdentity | null): ProducerIdentity | null {
    if (this.#error !== null) {
      const error = this.#error;
      this.#error = null;
      throw error;
    }
    const current = this.#current;
    if (current === null) {
      this.#ask();
      return null;
    }
    if (previous?.producerId !== current.producerId || previous.epoch < current.epoch) return current;
    if (current.epoch === lastEpoch) {
      this.discard(current);
      return this.after(null);
    }
    this.#current = { producerId: current.producerId, epoch: current.epoch + 1 };
    return this.#current;
  }

  /** Gives up the id of an identity that brokers do not take any more; the next question brings a fresh one. */
  discard({ producerId }: ProducerIdentity): void {
    if (this.#current?.producerId === producerId) this.#current = null;
  }

  close(): void {
    this.#closed = true;
  }

  #ask(): void {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    void this.#fetch().then(
      (identity) => {
        this.#asking = false;
        this.#current = identity;
        this.#changed();
      },
      (error: HeadraceError) => {
        this.#asking = false;
        this.#error = error;
        this.#changed();
      },
    );
  }

  async #fetch(): Promise<ProducerIdentity> {
    for (;;) {
      try {
        const body = { transactionalId: null, transactionTimeoutMs };
        const answer = await this.#cluster.ask('any', 'metadata', initProducerIdApi, body, { newest: 4 });
        if (answer.errorCode === errorCode('NONE'))
          return { producerId: answer.producerId, epoch: answer.producerEpoch };
        throw answerError(answer.errorCode, 'gives no id to a producer', {
          right: 'Write on a topic, or before Kafka 2.8 IdempotentWrite on the cluster',
        });
      } catch (error) {
        if (!(error instanceof HeadraceError) || !error.retryable || this.#closed) throw error;
      }
      await new Promise<void>((resolve) => void this.#cluster.clock.after(pauseMs, resolve));
    }
  }
}
