import { LruCache } from './lru-cache.ts';
import type { FailedIdsOptions, RegistryClock } from './options.ts';
import type { RegistryError } from './registry-error.ts';

/**
 * Remembers for a time which ids gave no schema, and why, and bounds how many of them may turn up in a time (a token
 * bucket). A look-up reserves a token before it is made and gets it back when it finds a schema or when another try
 * may: ids that are fine cost nothing.
 */
export class FailedIds {
  readonly #options: Required<FailedIdsOptions>;
  readonly #clock: RegistryClock;
  readonly #failures: LruCache<number, { error: RegistryError; until: number }>;
  #tokens: number;
  #filledAt: number;

  constructor(options: Required<FailedIdsOptions>, clock: RegistryClock) {
    this.#options = options;
    this.#clock = clock;
    this.#failures = new LruCache(options.max);
    this.#tokens = options.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Returns why an id gave no schema a short time ago. */
  get(id: number): RegistryError | undefined {
    const failure = this.#failures.get(id);
    if (failure === undefined || this.#clock.monotonic() < failure.until) return failure?.error;
    this.#failures.delete(id);
    return undefined;
  }

  add(id: number, error: RegistryError): void {
    this.#failures.set(id, { error, until: this.#clock.monotonic() + this.#options.rememberMs });
  }

  /** Takes a token; returns 0, or when there is none the milliseconds until there will be one. */
  reserve(): number {
    const now = this.#clock.monotonic();
    const { burst, perSecond } = this.#options;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
    this.#tokens--;
    return 0;
  }

  /** Gives a token back. */
  refund(): void {
    this.#tokens = Math.min(this.#options.burst, this.#tokens + 1);
  }
}
