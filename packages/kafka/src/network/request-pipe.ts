import type { Socket } from 'node:net';
import { HeadraceError, type Clock } from '@headrace/core';
import {
  correlationIdOf,
  readResponse,
  writeRequest,
  type ApiDefinition,
  type RequestInput,
  type RequestOptions,
  type ResponseOf,
} from '@headrace/protocol';
import type { HostAndPort } from './broker-address.ts';
import { connectionError, unavailable } from './connection-error.ts';
import { FrameSplitter } from './frame-splitter.ts';

/** What a pipe needs to know. */
export interface PipeOptions {
  readonly socket: Socket;
  readonly address: HostAndPort;
  readonly clientId: string;
  readonly tls: boolean;
  readonly maxFrameBytes: number;
  readonly clock: Clock;
}

interface InFlight {
  readonly correlationId: number;
  readonly api: ApiDefinition;
  readonly version: number;
  readonly deadline: number;
  readonly timeoutMs: number;
  /** Null when the caller has given up: the answer must still be taken, and goes nowhere. */
  settle: { resolve(response: unknown): void; reject(error: unknown): void } | null;
}

/**
 * Requests and answers on one socket, in order: a broker answers a connection in the order of its requests, so whatever comes belongs
 * to the oldest. An answer that is late, out of order or not readable ends the connection, since none after it could be matched.
 */
export class RequestPipe {
  /** Settles, with the reason, when the connection has ended. */
  readonly ended: Promise<HeadraceError>;
  readonly #options: PipeOptions;
  readonly #frames: FrameSplitter;
  readonly #inFlight: InFlight[] = [];
  #correlationId = 0;
  #answers = 0;
  #heardAt: number;
  #silentSince: number | null = null;
  #wasGivenUp = false;
  #end: HeadraceError | null = null;
  #resolveEnded: (error: HeadraceError) => void = () => {};
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(options: PipeOptions) {
    this.#options = options;
    this.#frames = new FrameSplitter(options.maxFrameBytes);
    this.#heardAt = options.clock.monotonic();
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    const { socket, address, tls } = options;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.end(connectionError(address, error, tls)));
    socket.on('close', () => this.end(unavailable(address, this.#describeClose())));
  }

  /** Why the connection has ended; null while it lives. */
  get endedBy(): HeadraceError | null {
    return this.#end;
  }

  /** When something came last, by the clock's time that never goes back; at first when the pipe was made. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** When the request was sent that was not answered in time and so ended the connection; null where that did not happen. */
  get silentSince(): number | null {
    return this.#silentSince;
  }

  /** Tells how many requests wait for their answers. */
  get waiting(): number {
    return this.#inFlight.length;
  }

  /** Writes a request at once and resolves with its answer; with null where there is none. */
  send<A extends ApiDefinition>(
    api: A,
    version: number,
    body: RequestInput<A>,
    { timeoutMs, signal, expectsAnswer = true, endsConnection = false }: RequestOptions,
  ): Promise<ResponseOf<A> | null> {
    if (this.#end !== null) return Promise.reject(this.#end);
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const { clock, clientId, socket } = this.#options;
    const correlationId = this.#correlationId;
    const frame = writeRequest(api, { version, correlationId, clientId }, body);
    this.#correlationId = (correlationId + 1) | 0;
    if (!expectsAnswer) return new Promise((resolve) => socket.write(frame, () => resolve(null)));
    return new Promise((resolve, reject) => {
      const deadline = clock.monotonic() + timeoutMs;
      const settle = { resolve: resolve as (response: unknown) => void, reject };
      const entry: InFlight = { correlationId, api, version, deadline, timeoutMs, settle };
      if (signal !== undefined) giveUpOn(signal, entry, endsConnection ? () => this.#giveUp() : () => {});
      this.#inFlight.push(entry);
      this.#arm(deadline);
      socket.write(frame);
    });
  }

  /** Whether this side ended the connection, to be rid of a request: nothing is wrong with the address. */
  get wasGivenUp(): boolean {
    return this.#wasGivenUp;
  }

  /** Ends the connection; all requests that wait reject with the error. */
  end(error: HeadraceError): void {
    if (this.#end !== null) return;
    this.#end = error;
    this.#alarm?.cancel();
    this.#options.socket.destroy();
    for (const { settle } of this.#inFlight.splice(0)) settle?.reject(error);
    this.#resolveEnded(error);
  }

  #giveUp(): void {
    if (this.#end !== null) return;
    this.#wasGivenUp = true;
    this.end(unavailable(this.#options.address, 'was asked for something that is not wanted any more'));
  }

  #receive(chunk: Buffer): void {
    this.#heardAt = this.#options.clock.monotonic();
    try {
      this.#frames.push(chunk, (frame) => this.#answer(frame));
    } catch (error) {
      this.end(error instanceof HeadraceError ? error : this.#unreadable(error));
    }
  }

  #answer(frame: Buffer): void {
    if (this.#end !== null) return;
    const entry = this.#inFlight[0];
    const correlationId = correlationIdOf(frame);
    if (entry === undefined || entry.correlationId !== correlationId)
      throw new Error(`answer ${correlationId} came where ${entry?.correlationId ?? 'none'} was due`);
    const response = readResponse(entry.api, entry.version, frame);
    this.#inFlight.shift();
    this.#answers += 1;
    entry.settle?.resolve(response);
  }

  #unreadable(cause: unknown): HeadraceError {
    const entry = this.#inFlight[0];
    const what = entry === undefined ? 'An answer' : `The answer to ${entry.api.name} (version ${entry.version})`;
    const message = `${what} of a broker cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`;
    return new HeadraceError('KAFKA_ANSWER_UNREADABLE', message, { cause });
  }

  /** One timer serves all requests: it is set to the earliest deadline known, and looks again when it fires. */
  #arm(deadline: number): void {
    if (this.#alarm !== null && this.#alarm.at <= deadline) return;
    this.#alarm?.cancel();
    const { clock } = this.#options;
    const cancel = clock.after(Math.max(0, deadline - clock.monotonic()), () => this.#checkDeadlines());
    this.#alarm = { at: deadline, cancel };
  }

  #checkDeadlines(): void {
    this.#alarm = null;
    const { clock, address } = this.#options;
    const now = clock.monotonic();
    const late = this.#inFlight.find(({ deadline }) => deadline <= now);
    if (late !== undefined) {
      this.#silentSince = late.deadline - late.timeoutMs;
      return this.end(unavailable(address, `did not answer ${late.api.name} within ${late.timeoutMs} ms`));
    }
    if (this.#inFlight.length > 0) this.#arm(Math.min(...this.#inFlight.map(({ deadline }) => deadline)));
  }

  // A listener that wants TLS or a login ends connections without a word; which of them cannot be told from outside.
  #describeClose(): string {
    const waiting = this.#inFlight[0]?.api.name;
    if (waiting === undefined) return 'ended the connection';
    if (this.#answers > 1) return `ended the connection before it answered ${waiting}`;
    const hint = this.#options.tls ? 'a login ("sasl")' : 'TLS ("tls") or a login ("sasl")';
    return `ended the connection at the first requests (${waiting}), as listeners do that want ${hint}`;
  }
}

function giveUpOn(signal: AbortSignal, entry: InFlight, givenUp: () => void): void {
  const { settle } = entry;
  const giveUp = (): void => {
    entry.settle = null;
    settle?.reject(signal.reason);
    givenUp();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const done = (): void => signal.removeEventListener('abort', giveUp);
  entry.settle = {
    resolve(response) {
      done();
      settle?.resolve(response);
    },
    reject(error) {
      done();
      settle?.reject(error);
    },
  };
}
