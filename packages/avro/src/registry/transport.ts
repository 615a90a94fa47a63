import { attempt, type RegistryRequest } from './attempt.ts';
import { failureOf } from './failure-of.ts';
import type { RegistrySettings } from './options.ts';
import { RegistryError } from './registry-error.ts';
import { Secrets } from './secrets.ts';

/** Sends requests to a registry, again where that may help. */
export class Transport {
  readonly #settings: RegistrySettings;
  readonly #secrets: Secrets;
  readonly #closing = new AbortController();

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
    this.#secrets = new Secrets(settings);
  }

  /**
   * Returns the JSON of the answer. Every request of the API can be repeated without harm, so that what fails by the
   * network, in time, with 408, 429 or 5xx is; the last failure is thrown.
   */
  async send(method: RegistryRequest['method'], path: string, body?: unknown): Promise<unknown> {
    const label = `${method} ${this.#secrets.clean(path, 200)}`;
    const request = { method, path, label, ...(body === undefined ? {} : { body }) };
    const { attempts, maxDelayMs } = this.#settings.retry;
    for (let number = 1; ; number++) {
      try {
        return await this.#sendOnce(request);
      } catch (thrown) {
        if (!(thrown instanceof RegistryError) || !thrown.retryable || number >= attempts) throw thrown;
        const atLeast = thrown.retryAfterMs ?? 0;
        if (atLeast > maxDelayMs) throw thrown;
        await this.#pause(atLeast + this.#backoff(number), request.label);
      }
    }
  }

  /** Ends what is under way and all that comes with CLOSED. */
  close(): void {
    this.#closing.abort();
  }

  async #sendOnce(request: RegistryRequest): Promise<unknown> {
    const answer = await attempt(request, this.#settings, this.#secrets, this.#closing.signal);
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer, request.label, this.#secrets);
    try {
      return JSON.parse(answer.text) as unknown;
    } catch {
      const message = `The answer of the registry to ${request.label} is not JSON.`;
      throw new RegistryError('BAD_RESPONSE', request.label, message, { status: answer.status });
    }
  }

  /** Draws from the whole of the exponential delay ("full jitter"), so that clients that failed together part. */
  #backoff(number: number): number {
    const { delayMs, maxDelayMs } = this.#settings.retry;
    return this.#settings.random() * Math.min(maxDelayMs, delayMs * 2 ** (number - 1));
  }

  #pause(delayMs: number, label: string): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(new RegistryError('CLOSED', label, 'The client of the registry was closed.'));
      };
      const cancel = this.#settings.clock.after(delayMs, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }
}
