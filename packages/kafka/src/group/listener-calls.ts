import { HeadraceError, type Clock, type GroupListener, type TopicPartition } from '@headrace/core';

/** What the calls of a listener come back to. */
export interface ListenerCallsOptions {
  readonly clock: Clock;
  readonly listener: GroupListener;
  /** A round of giving back has ended, well or not. */
  readonly revoked: (round: number, error: unknown) => void;
  /** The listener threw. */
  readonly broken: (error: HeadraceError) => void;
}

/** Calls a listener in order, and not before whoever joined has what it joined. */
export class ListenerCalls {
  readonly #options: ListenerCallsOptions;
  #held: (() => void)[] | null = [];
  #revoking: AbortController | null = null;

  constructor(options: ListenerCallsOptions) {
    this.#options = options;
  }

  /** Lets the calls through that were held back, soon. */
  open(): void {
    this.#options.clock.soon(() => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const call of held) call();
    });
  }

  assigned(partitions: readonly TopicPartition[]): void {
    this.#call(() => this.#options.listener.assigned(partitions));
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#call(() => this.#options.listener.lost(partitions));
  }

  failed(error: HeadraceError): void {
    this.#call(() => this.#options.listener.failed(error));
  }

  revoking(round: number, partitions: readonly TopicPartition[]): void {
    const { listener, revoked } = this.#options;
    const deadline = new AbortController();
    this.#revoking = deadline;
    this.#call(() => {
      listener.revoking(partitions, deadline.signal).then(
        () => revoked(round, null),
        (error: unknown) => revoked(round, error),
      );
    });
  }

  /** Tells whoever gives back that time is up. */
  hurry(): void {
    this.#revoking?.abort();
  }

  #call(call: () => void): void {
    const guarded = (): void => {
      try {
        call();
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        this.#options.broken(new HeadraceError('RUN_FAILED', `The listener of a group failed: ${message}`, { cause }));
      }
    };
    if (this.#held === null) guarded();
    else this.#held.push(guarded);
  }
}
