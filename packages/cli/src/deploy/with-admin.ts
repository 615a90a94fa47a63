import { systemClock } from '@headrace/core';
import type { KafkaAdmin } from '@headrace/kafka';
import type { OpenedTopology } from './open-topology.ts';

/** Connects to the cluster of a topology for the time of some work. The client is loaded by the first call. */
export async function withAdmin<R>(
  { graph, brokers }: OpenedTopology,
  work: (admin: KafkaAdmin) => Promise<R>,
): Promise<R> {
  const { KafkaAdmin: Admin, loginOf, readTlsFiles } = await import('@headrace/kafka');
  const { tls, sasl } = graph.cluster ?? {};
  const admin = await Admin.connect({
    brokers,
    clientId: graph.name,
    clock: systemClock,
    ...(tls === undefined ? {} : { tls: await readTlsFiles(tls, graph.directory) }),
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl, { folder: graph.directory, clock: systemClock }) }),
  });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}
