import {
  apiVersionsApi,
  commonVersion,
  correlationIdOf,
  readResponse,
  writeRequest,
  type ApiDefinition,
  type BrokerVersions,
  type RequestInput,
  type RequestOptions,
  type ResponseOf,
} from '@headrace/protocol';
import type { Timers } from '../clock/timers.ts';
import { RequestChannel, type ChannelEnvironment } from './request-channel.ts';

/** What a connection inside the process needs to know. */
export interface ProcessConnectionOptions extends ChannelEnvironment {
  readonly node: number;
  readonly clientId: string;
  readonly clock: Timers;
  /** Makes the error of requests that will not be answered. */
  readonly unavailable: (message: string) => Error;
  readonly ended: () => void;
}

interface Waiting {
  readonly correlationId: number;
  settle(frame: Buffer): void;
  reject(error: Error): void;
}

/**
 * A connection to a node without a port. Requests and answers are written and read as bytes, as over a socket, so that versions and
 * faults mean the same; answers come on a later turn of the event loop, never inside the call that sends.
 */
export class ProcessConnection {
  readonly #options: ProcessConnectionOptions;
  readonly #channel: RequestChannel;
  readonly #waiting: Waiting[] = [];
  #correlationId = 0;
  #end: Error | null = null;
  readonly #versions: Promise<BrokerVersions>;

  constructor(options: ProcessConnectionOptions) {
    this.#options = options;
    this.#channel = new RequestChannel(
      {
        node: options.node,
        clientHost: '/127.0.0.1',
        write: (frame) => {
          // Half a frame comes to nothing: the connection ends behind it.
          if (frame.length >= 4 && frame.length === 4 + frame.readInt32BE(0))
            options.clock.soon(() => this.#answer(frame.subarray(4)));
          return true;
        },
        hold: () => {},
        end: () => options.clock.soon(() => this.end(`Node ${options.node} ended the connection.`)),
      },
      options,
    );
    this.#versions = this.#askVersions();
    // Whoever asks for them sees why there are none.
    this.#versions.catch(() => {});
  }

  versions(): Promise<BrokerVersions> {
    return this.#versions;
  }

  /** Sends a request; resolves with null at once where there is no answer. */
  send<A extends ApiDefinition>(
    api: A,
    version: number,
    body: RequestInput<A>,
    { timeoutMs, signal, expectsAnswer = true, endsConnection = false }: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    if (this.#end !== null) return Promise.reject(this.#end);
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const { clock, clientId, node } = this.#options;
    const correlationId = this.#correlationId++;
    const frame = writeRequest(api, { version, correlationId, clientId }, body);
    const deliver = (): void => this.#channel.receive(frame.subarray(4));
    if (!expectsAnswer) {
      clock.soon(deliver);
      return Promise.resolve(null);
    }
    return new Promise((resolve, reject) => {
      const late = `Node ${node} did not answer ${api.name} within ${timeoutMs} ms.`;
      const cancel = clock.after(timeoutMs, () => this.end(late));
      const giveUp = (): void => {
        reject(signal?.reason as Error);
        if (endsConnection) this.end('A request was given up that the broker holds.');
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const done = (): void => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
      };
      this.#waiting.push({
        correlationId,
        settle(answer) {
          done();
          resolve(readResponse(api, version, answer));
        },
        reject(error) {
          done();
          reject(error);
        },
      });
      clock.soon(deliver);
    });
  }

  /** Ends the connection: requests that wait reject. */
  end(message: string): void {
    if (this.#end !== null) return;
    this.#end = this.#options.unavailable(message);
    this.#channel.close();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#end);
    this.#options.ended();
  }

  #answer(frame: Buffer): void {
    if (this.#end !== null) return;
    const waiting = this.#waiting[0];
    if (waiting === undefined || waiting.correlationId !== correlationIdOf(frame))
      return this.end(`Node ${this.#options.node} gave an answer that nobody waits for.`);
    this.#waiting.shift();
    try {
      waiting.settle(frame);
    } catch (error) {
      waiting.reject(error as Error);
      this.end(`Node ${this.#options.node} gave an answer that cannot be read.`);
    }
  }

  async #askVersions(): Promise<BrokerVersions> {
    const names = { clientSoftwareName: 'headrace', clientSoftwareVersion: '0.1.0' };
    const answer = await this.send(apiVersionsApi, 3, names, { timeoutMs: 30_000 });
    if (answer === null || answer.errorCode !== 0)
      throw this.#options.unavailable(`Node ${this.#options.node} did not say which versions it speaks.`);
    const ranges = new Map(answer.apiKeys.map((range) => [range.apiKey, range]));
    const levels = new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]));
    return {
      versionOf(api) {
        const range = ranges.get(api.key);
        return range === undefined ? null : commonVersion(api, range);
      },
      featureOf: (name) => levels.get(name) ?? 0,
    };
  }
}
