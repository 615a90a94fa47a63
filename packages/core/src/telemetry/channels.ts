import { channel } from 'node:diagnostics_channel';

/** What the runtime tells whoever listens, by the name of the channel. */
export interface TelemetryEvents {
  'headrace:topology:changed': { readonly topology: string; readonly state: string };
  'headrace:task:started': {
    readonly topology: string;
    readonly task: string;
    readonly incarnation: number;
    readonly offset: number | null;
    readonly failedStarts: number;
  };
  'headrace:task:stopped': {
    readonly topology: string;
    readonly task: string;
    readonly incarnation: number;
    readonly reason: string;
  };
  'headrace:epoch:committed': {
    readonly topology: string;
    readonly task: string;
    readonly epoch: number;
    readonly offset: number;
  };
  'headrace:commit:failed': { readonly topology: string; readonly message: string };
  /** A sink that is not required could not begin: what reaches it is counted as failed. */
  'headrace:sink:refused': {
    readonly topology: string;
    readonly task: string;
    readonly node: string;
    readonly message: string;
  };
  /** A split is held back, since the schema of its next records cannot be had. */
  'headrace:schemas:awaited': {
    readonly topology: string;
    readonly task: string;
    readonly attempt: number;
    readonly delayMs: number;
    readonly message: string;
  };
  'headrace:delivery:retried': {
    readonly topology: string;
    readonly task: string;
    readonly node: string;
    readonly attempt: number;
    readonly delayMs: number;
    readonly message: string;
  };
  /** A record failed at a node, whatever its policy makes of it. A slice that is worked on again says so again. */
  'headrace:record:failed': { readonly node: string; readonly stage: string; readonly code: string };
  'headrace:record:peeked': {
    readonly topology: string;
    readonly node: string;
    readonly level: 'debug' | 'info' | 'warn';
    readonly record: unknown;
  };
  /** A task or an asynchronous node has kept the process for itself; `node` where it is known which one did. */
  'headrace:turn:held': {
    readonly topology: string;
    readonly task: string | null;
    readonly node: string | null;
    readonly ms: number;
  };
}

/** Publishes an event on its `diagnostics_channel`; costs nothing where nobody listens, least of all where a function makes the event. */
export function publish<N extends keyof TelemetryEvents>(
  name: N,
  event: TelemetryEvents[N] | (() => TelemetryEvents[N]),
): void {
  const target = channel(name);
  if (target.hasSubscribers) target.publish(typeof event === 'function' ? event() : event);
}

/** The names of all channels. */
export const telemetryChannels: readonly (keyof TelemetryEvents)[] = [
  'headrace:topology:changed',
  'headrace:task:started',
  'headrace:task:stopped',
  'headrace:epoch:committed',
  'headrace:commit:failed',
  'headrace:sink:refused',
  'headrace:schemas:awaited',
  'headrace:delivery:retried',
  'headrace:record:failed',
  'headrace:record:peeked',
  'headrace:turn:held',
];
