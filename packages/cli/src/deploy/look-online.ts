import { clusterNeeds, lookAtCluster, type ClusterReport } from '@headrace/kafka';
import { openSchemas } from '../run/open-schemas.ts';
import type { OpenedTopology } from './open-topology.ts';
import { withAdmin } from './with-admin.ts';

/** Compares what a topology needs with what its cluster has; null where it needs no cluster. */
export async function lookOnline(topology: OpenedTopology): Promise<ClusterReport | null> {
  const needs = clusterNeeds(topology.graph);
  if (needs.topics.length === 0 && needs.patterns.length === 0) return null;
  return withAdmin(topology, (admin) => lookAtCluster(admin, needs, () => openSchemas(topology.graph)));
}
