import { RegistryError, schemasEqual, type Schema } from '@headrace/avro';
import type { Encoding } from '../component/encoding.ts';
import type { Frame, SchemaRegistry } from '../component/schema-registry.ts';
import { registryFault } from '../component/registry-fault.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { isDynamic } from '../types/edge-type.ts';

/** So many versions of a subject are looked through, the newest first. */
const mostVersions = 100;

/**
 * Returns the id of the schema that a sink writes: it is registered where the author wants that, else looked for in its subjects. Fails with
 * `SUBJECT_LACKS_SCHEMA`, `SCHEMA_REFUSED`, `SCHEMA_IDS_DIFFER`, `REGISTRY_UNAVAILABLE` or `REGISTRY_REFUSED`.
 */
export async function schemaIdOf({ schema, frame }: Encoding, node: string, schemas: SchemaRegistry): Promise<number> {
  if (isDynamic(schema) || frame === undefined)
    throw new HeadraceError('SCHEMA_NEEDED', 'Values without a schema have no id.', { place: { node } });
  const ids = new Map<number, string>();
  for (const subject of frame.subjects) ids.set(await idIn(subject, schema, frame, node, schemas), subject);
  const [first, second] = ids;
  if (first === undefined) throw new HeadraceError('SCHEMA_NEEDED', 'No subject is named.', { place: { node } });
  if (second === undefined) return first[0];
  throw new HeadraceError(
    'SCHEMA_IDS_DIFFER',
    `The schema of "${node}" has the id ${first[0]} in subject "${first[1]}" and ${second[0]} in "${second[1]}", and a record has one. Name one subject.`,
    { place: { node } },
  );
}

async function idIn(
  subject: string,
  schema: Schema,
  { register }: Frame,
  node: string,
  schemas: SchemaRegistry,
): Promise<number> {
  try {
    return register ? await schemas.register(subject, { schema }) : await find(subject, schema, node, schemas);
  } catch (thrown) {
    if (!(thrown instanceof RegistryError)) throw thrown;
    const place = { node };
    if (thrown.code === 'INCOMPATIBLE_SCHEMA' || thrown.code === 'INVALID_SCHEMA')
      throw new HeadraceError('SCHEMA_REFUSED', `Subject "${subject}" does not take the schema: ${thrown.message}`, {
        place,
        cause: thrown,
      });
    const { code, message, retryable } = registryFault(thrown);
    throw new HeadraceError(code, message, { place, retryable, cause: thrown });
  }
}

async function find(subject: string, schema: Schema, node: string, schemas: SchemaRegistry): Promise<number> {
  try {
    return (await schemas.lookUp(subject, { schema })).id;
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    return (await spelledOtherwise(subject, schema, schemas)) ?? lacks(subject, node, thrown);
  }
}

// A registry compares texts; documentation and the order of attributes are no part of what is written.
async function spelledOtherwise(subject: string, schema: Schema, schemas: SchemaRegistry): Promise<number | null> {
  try {
    const versions = (await schemas.versions(subject)).toReversed().slice(0, mostVersions);
    for (const version of versions) {
      const found = await schemas.version(subject, version).catch((thrown: unknown) => {
        if (thrown instanceof RegistryError && !thrown.retryable) return null;
        throw thrown;
      });
      if (found !== null && schemasEqual(found.schema, schema)) return found.id;
    }
    return null;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof RegistryError && ['SCHEMA_NOT_FOUND', 'SUBJECT_NOT_FOUND'].includes(thrown.code);
}

function lacks(subject: string, node: string, cause: unknown): never {
  throw new HeadraceError(
    'SUBJECT_LACKS_SCHEMA',
    `Subject "${subject}" of the registry does not hold the schema that "${node}" writes. Register it, or write "register": true.`,
    { place: { node }, cause },
  );
}
