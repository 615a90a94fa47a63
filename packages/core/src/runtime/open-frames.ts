import { SchemaFrames } from '../compile/schema-frames.ts';
import { schemaIdOf } from '../compile/schema-ids.ts';
import type { Clock } from '../component/clock.ts';
import type { Encoding } from '../component/encoding.ts';
import type { Registry } from '../component/registry.ts';
import type { SchemaRegistry } from '../component/schema-registry.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { TopologyPlan } from '../plan/topology-plan.ts';

/** What frames are opened with. */
export interface FramesOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Connects to the registry of schemas; called where the topology has need of one. */
  readonly openSchemas?: () => SchemaRegistry;
}

/** The frames of a run and the registry behind them. */
export interface OpenFrames {
  readonly frames: SchemaFrames;
  readonly schemas: SchemaRegistry;
}

/**
 * Prepares values with schema ids before them: the ids of what sinks write are asked for once, before the first record. Null where no node has
 * such values. Fails with `REGISTRY_NEEDED`, and as `schemaIdOf` does.
 */
export async function openFrames(plan: TopologyPlan, options: FramesOptions): Promise<OpenFrames | null> {
  const written = [...plan.sinks.values()].flatMap(({ id, key, value }) =>
    [key, value].filter(isFramed).flatMap((encoding) => (encoding.asRead === true ? [] : [{ id, encoding }])),
  );
  const read = plan.sources.flatMap(({ node }) => [node.key, node.value]).filter(isFramed);
  if (written.length === 0 && read.length === 0) return null;
  const { registry: components, clock, openSchemas } = options;
  if (openSchemas === undefined)
    throw new HeadraceError('REGISTRY_NEEDED', 'This topology needs a schema registry, and was given none.');
  const schemas = openSchemas();
  const frames = new SchemaFrames({ components, schemas, now: () => clock.monotonic() });
  try {
    for (const { id, encoding } of written) frames.assign(encoding, await schemaIdOf(encoding, id, schemas));
  } catch (error) {
    schemas.close();
    throw error;
  }
  return { frames, schemas };
}

function isFramed(encoding: Encoding | null): encoding is Encoding {
  return encoding?.frame !== undefined;
}
