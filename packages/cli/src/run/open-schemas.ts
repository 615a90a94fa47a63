import { createRegistryClient, type RegistryAuth } from '@headrace/avro';
import { HeadraceError, systemClock, type SchemaRegistry, type TopologyGraph } from '@headrace/core';

/** Makes the client of the schema registry of a topology's cluster; nothing is asked before the first need. */
export function openSchemas({ cluster }: TopologyGraph): SchemaRegistry {
  const { registry } = cluster ?? {};
  if (registry === undefined) throw new HeadraceError('REGISTRY_NEEDED', 'The cluster has no schema registry.');
  const { url, username, password, token } = registry;
  if (token !== undefined && username !== undefined)
    throw new HeadraceError('REGISTRY_REFUSED', 'A registry takes a user with a password, or a token, and not both.');
  const auth: RegistryAuth | undefined =
    token !== undefined
      ? { type: 'bearer', token }
      : username !== undefined
        ? { type: 'basic', username, password: password ?? '' }
        : undefined;
  return createRegistryClient({ url, clock: systemClock, ...(auth === undefined ? {} : { auth }) });
}
