import type { Logger } from 'pino';
import type { KafkaLogger } from '@headrace/kafka';
import { systemClock, topologyHashes, type Log, type TopologyGraph } from '@headrace/core';

/** How a run sees its cluster. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly group: string;
  /** Whether each partition ends where it ended when it was first opened. */
  readonly bounded: boolean;
  /** The name of a static member of the group; none for a member that leaves when it stops. */
  readonly instance: string | undefined;
  readonly logger: Logger;
  /** Names a task that has made no progress for too long, or null: the process then leaves its group. */
  readonly stalled: () => string | null;
}

/** Connects to the cluster of a topology. The client is loaded by the first call. */
export async function openKafka(
  graph: TopologyGraph,
  { brokers, group, bounded, instance, logger, stalled }: KafkaAccess,
): Promise<Log> {
  const { createKafkaLog, loginOf, tlsFromFiles } = await import('@headrace/kafka');
  const { tls, sasl } = graph.cluster ?? {};
  // What the client calls information is a detail to whoever runs a topology.
  const log: KafkaLogger = (level, message, details) => logger[level === 'info' ? 'debug' : level](details, message);
  return createKafkaLog({
    brokers,
    clientId: graph.name,
    group,
    bounded,
    stalled,
    ...(instance === undefined ? {} : { instanceId: instance }),
    topology: topologyHashes(graph),
    clock: systemClock,
    logger: log,
    ...(tls === undefined ? {} : { tls: await tlsFromFiles(tls, graph.directory, log) }),
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl, { folder: graph.directory, clock: systemClock }) }),
  });
}
