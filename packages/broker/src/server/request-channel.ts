import type { Cluster } from '../cluster/cluster.ts';
import type { Faults, RequestFault, SeenRequest } from '../control/faults.ts';
import { writeResponse, apiVersionsApi, type ResponseInput } from '@headrace/protocol';
import { apiVersionsRefusal } from '../handlers/api-versions.ts';
import type { FetchSessions } from '../handlers/fetch-sessions.ts';
import type { RequestContext } from '../handlers/handler.ts';
import { readIncoming, type Incoming } from './incoming.ts';

/** What a channel needs of the connection that it serves. */
export interface ChannelPort {
  /** The node that was connected to. */
  readonly node: number;
  readonly clientHost: string;
  /** Sends bytes of answers. Returns false where no more is taken until `resume` of the channel is called. */
  write(frame: Buffer): boolean;
  /** Is told when requests wait, so that no more is read from the client, and when none does any longer. */
  hold(isFull: boolean): void;
  /** Ends the connection; what was written is sent before. */
  end(): void;
}

/** What is shared by all channels of a node. */
export interface ChannelEnvironment {
  readonly cluster: Cluster;
  readonly sessions: FetchSessions;
  readonly faults: Faults;
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

  /** Goes on after the connection took no more, or a request was answered. */
  resume(): void {
    this.#isBusy = false;
    this.#pump();
  }

  /** Stops: what waits is dropped. */
  close(): void {
    this.#frames.length = 0;
    this.#closing.abort();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #pump(): void {
    while (!this.#isBusy && this.#frames.length > 0 && !this.#isClosed) {
      const incoming = readIncoming(this.#frames.shift() as Buffer);
      if (incoming === null) return this.#end();
      this.#guard(() => this.#consider(incoming));
    }
    if (!this.#isClosed) this.#port.hold(this.#frames.length > 0);
  }

  /** Does what a rule says of the request, or handles it. */
  #consider(incoming: Incoming): void {
    const { handler, correlationId, body } = incoming;
    if (body === null) {
      const refusal = writeResponse(apiVersionsApi, { version: 0, correlationId }, apiVersionsRefusal(handler));
      return this.#write(refusal);
    }
    const fault = this.#environment.faults.ofRequest(this.#seen(incoming));
    if (fault === undefined) return this.#handle(incoming);
    this.#misbehave(incoming, fault);
  }

  #misbehave(incoming: Incoming, fault: RequestFault): void {
    switch (fault.do) {
      case 'cut':
        return this.#end();
      case 'drop':
        this.#isBusy = true;
        return;
      case 'delay':
        return this.#later(fault.ms, () => this.#handle(incoming));
      case 'rewrite':
        return this.#handle({ ...incoming, body: fault.body });
      case 'answer':
        return this.#answer(incoming, fault.response);
    }
  }

  #handle(incoming: Incoming): void {
    const answer = incoming.handler.answer(incoming.body, this.#contextOf(incoming));
    if (!(answer instanceof Promise))
      return this.#answer(incoming, answer as ResponseInput<Incoming['handler']['api']>);
    this.#isBusy = true;
    answer.then(
      (later) => {
        this.#isBusy = false;
        this.#guard(() => this.#answer(incoming, later as ResponseInput<Incoming['handler']['api']>));
        this.#pump();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Sends an answer, or does what a rule says of it. Null is none: the client wants none. */
  #answer(incoming: Incoming, response: ResponseInput<Incoming['handler']['api']> | null): void {
    if (response === null || this.#isClosed) return;
    const fault = this.#environment.faults.ofResponse({ ...this.#seen(incoming), response });
    const frame = (): Buffer => frameOf(incoming, fault?.do === 'rewrite' ? fault.response : response);
    switch (fault?.do) {
      case 'cut':
        return this.#end();
      case 'drop':
        this.#isBusy = true;
        return;
      case 'delay':
        return this.#later(fault.ms, () => this.#write(frame()));
      case 'cutMidFrame': {
        const whole = frame();
        this.#port.write(whole.subarray(0, fault.bytes ?? whole.length >> 1));
        return this.#end();
      }
      default:
        return this.#write(frame());
    }
  }

  #write(frame: Buffer): void {
    if (!this.#port.write(frame)) this.#isBusy = true;
  }

  #later(ms: number, work: () => void): void {
    this.#isBusy = true;
    this.#environment.cluster.clock.after(ms, () => {
      if (this.#isClosed) return;
      this.#isBusy = false;
      this.#guard(work);
      this.#pump();
    });
  }

  #seen({ handler, version, clientId, body }: Incoming): Omit<SeenRequest, 'nth'> {
    return { api: handler.api, version, node: this.#port.node, clientId, body: body as SeenRequest['body'] };
  }

  #contextOf({ version, clientId }: Incoming): RequestContext {
    const { node, clientHost } = this.#port;
    const { cluster, sessions } = this.#environment;
    return { cluster, sessions, node, clientHost, version, clientId, closed: this.#closing.signal };
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
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

function frameOf(
  { handler, version, correlationId }: Incoming,
  response: ResponseInput<Incoming['handler']['api']>,
): Buffer {
  return writeResponse(handler.api, { version, correlationId }, response);
}
