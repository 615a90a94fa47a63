import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FrameSplitter } from './frame-splitter.ts';
import { RequestChannel, type ChannelEnvironment } from './request-channel.ts';

/** Where a node listens, and what its connections share. */
export interface ListenerOptions extends ChannelEnvironment {
  readonly node: number;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly maxRequestBytes: number;
}

/** The port of one node: connections over TCP, each answered in order. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  /** Opens the port; rejects where it is taken. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject);
      listener.#server.listen(options.port, options.host, () => {
        listener.#server.off('error', reject);
        resolve();
      });
    });
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes the port and cuts all connections. */
  async close(): Promise<void> {
    if (!this.#server.listening && this.#sockets.size === 0) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** Ends all connections when what was written to them is sent, and resolves when they are gone; takes no new ones. */
  async drain(): Promise<void> {
    this.#server.close();
    const gone = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) socket.destroySoon();
    await Promise.all(gone);
  }

  /** Cuts all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    const { node, maxRequestBytes } = this.#options;
    this.#sockets.add(socket);
    const frames = new FrameSplitter(maxRequestBytes);
    const channel = new RequestChannel(
      {
        node,
        clientHost: `/${socket.remoteAddress ?? ''}`,
        write: (frame) => socket.write(frame),
        hold: (isFull) => void (isFull ? socket.pause() : socket.resume()),
        // What was written before is sent before.
        end: () => socket.destroySoon(),
      },
      this.#options,
    );
    socket.on('data', (piece) => {
      try {
        for (const frame of frames.push(piece)) channel.receive(frame);
      } catch {
        socket.destroy();
      }
    });
    socket.on('drain', () => channel.resume());
    // The other end may go at any time; what it is owed ends with it.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      channel.close();
    });
  }
}
