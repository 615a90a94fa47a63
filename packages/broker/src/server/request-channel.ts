import {
  apiVersionsApi,
  ProtocolError,
  readRequest,
  readRequestFrame,
  writeResponse,
  type RequestFrame,
} from '@headrace/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import { apiVersionsRefusal } from '../handlers/api-versions.ts';
import type { FetchSessions } from '../handlers/fetch-sessions.ts';
import type { Handler, RequestContext } from '../handlers/handler.ts';
import { handlers } from '../handlers/handlers.ts';

/** What a channel needs of the connection that it serves. */
export interface ChannelPort {
  /** The node that was connected to. */
  readonly node: number;
  readonly clientHost: string;
  /** Sends the frame of an answer. Returns false where no more is taken until `resume` of the channel is called. */
  write(frame: Buffer): boolean;
  /** Is told when requests wait, so that no more is read from the client, and when none does any longer. */
  hold(isFull: boolean): void;
  /** Ends the connection. */
  end(): void;
}

/** What is shared by all channels of a node. */
export interface ChannelEnvironment {
  readonly cluster: Cluster;
  readonly sessions: FetchSessions;
  /** Is told of failures that are the broker's own fault; the connection ends with them. */
  readonly report: (error: unknown) => void;
}

/**
 * Answers the requests of one connection in their order: as in Kafka, the next is not looked at before the last is answered, so that
 * a join that waits holds up whatever comes behind it.
 */
export class RequestChannel {
  readonly #port: ChannelPort;
  readonly #environment: ChannelEnvironment;
  readonly #closing = new AbortController();
  readonly #frames: Buffer[] = [];
  #isBusy = false;

  constructor(port: ChannelPort, environment: ChannelEnvironment) {
    this.#port = port;
    this.#environment = environment;
  }

  /** Takes in the frame of a request, its length of 32 bits not included. */
  receive(frame: Buffer): void {
    this.#frames.push(frame);
    this.#pump();
  }

  /** Goes on after the connection took no more. */
  resume(): void {
    this.#isBusy = false;
    this.#pump();
  }

  /** Stops: what waits is dropped. */
  close(): void {
    this.#frames.length = 0;
    this.#closing.abort();
  }

  #pump(): void {
    while (!this.#isBusy && this.#frames.length > 0 && !this.#closing.signal.aborted) {
      try {
        this.#handle(this.#frames.shift() as Buffer);
      } catch (error) {
        this.#fail(error);
      }
    }
    if (!this.#closing.signal.aborted) this.#port.hold(this.#frames.length > 0);
  }

  #handle(bytes: Buffer): void {
    const request = read(bytes);
    if (request === null) return this.#end();
    const { handler, frame, body } = request;
    if (body === null) {
      const { correlationId } = frame.header;
      return this.#write(writeResponse(apiVersionsApi, { version: 0, correlationId }, apiVersionsRefusal(handler)));
    }
    const answer = handler.answer(body, this.#contextOf(frame));
    if (!(answer instanceof Promise)) return this.#answer(handler, frame, answer);
    this.#isBusy = true;
    void answer
      .then((later: unknown) => {
        this.#isBusy = false;
        this.#answer(handler, frame, later);
        this.#pump();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #answer(handler: Handler, { header: { version, correlationId } }: RequestFrame, answer: unknown): void {
    if (answer === null || this.#closing.signal.aborted) return;
    this.#write(writeResponse(handler.api, { version, correlationId }, answer as Record<string, unknown>));
  }

  #write(frame: Buffer): void {
    if (!this.#port.write(frame)) this.#isBusy = true;
  }

  #contextOf({ header: { version, clientId } }: RequestFrame): RequestContext {
    const { node, clientHost } = this.#port;
    const { cluster, sessions } = this.#environment;
    return { cluster, sessions, node, clientHost, version, clientId: clientId ?? '', closed: this.#closing.signal };
  }

  #fail(error: unknown): void {
    this.#environment.report(error);
    this.#end();
  }

  #end(): void {
    this.close();
    this.#port.end();
  }
}

interface ReadRequest {
  readonly handler: Handler;
  readonly frame: RequestFrame;
  /** Null for a version of ApiVersions that is not spoken. */
  readonly body: unknown;
}

/** Reads a request. Null for bytes that are none, and for keys and versions that are not spoken: these end the connection, as in Kafka. */
function read(bytes: Buffer): ReadRequest | null {
  try {
    const frame = readRequestFrame(bytes);
    const { key, version } = frame.header;
    const handler = handlers.get(key);
    if (handler === undefined) return null;
    if (version >= handler.versions[0] && version <= handler.versions[1])
      return { handler, frame, body: readRequest(handler.api, frame) };
    return handler.api.key === apiVersionsApi.key ? { handler, frame, body: null } : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
