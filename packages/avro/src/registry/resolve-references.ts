import { RegistryError } from './registry-error.ts';
import type { SchemaReference, StoredSchema } from './stored-schema.ts';

const MAX_REFERENCES = 200;
const MAX_DEPTH = 32;

/** Fetches the schema to which a reference leads. */
export type LoadReference = (reference: SchemaReference) => Promise<StoredSchema>;

/**
 * Fetches all schemas to which a schema refers, directly or not, and returns each once, before those that refer to it.
 * Throws RegistryError BAD_REFERENCES for cycles, for one name with two meanings and for too many of them.
 */
export async function resolveReferences(
  { references }: StoredSchema,
  load: LoadReference,
  request: string,
): Promise<readonly StoredSchema[]> {
  const walk: Walk = { load, request, byPlace: new Map(), byName: new Map(), found: [] };
  for (const reference of references) await visit(reference, [], walk);
  return walk.found;
}

interface Walk {
  readonly load: LoadReference;
  readonly request: string;
  /** Places by subject and version. */
  readonly byPlace: Map<string, StoredSchema>;
  readonly byName: Map<string, StoredSchema>;
  readonly found: StoredSchema[];
}

async function visit(reference: SchemaReference, path: readonly string[], walk: Walk): Promise<void> {
  const place = JSON.stringify([reference.subject, reference.version]);
  if (path.includes(place)) throw bad(walk, `The references of ${walk.request} form a cycle.`);
  if (path.length >= MAX_DEPTH) throw bad(walk, `The references of ${walk.request} nest more than ${MAX_DEPTH} deep.`);
  const before = walk.byPlace.get(place);
  const stored = before ?? (await loadOne(reference, place, walk));
  const named = walk.byName.get(reference.name) ?? stored;
  if (named.text !== stored.text) {
    throw bad(
      walk,
      `The references of ${walk.request} give two meanings to the name "${reference.name.slice(0, 100)}".`,
    );
  }
  walk.byName.set(reference.name, stored);
  if (before !== undefined) return;
  for (const inner of stored.references) await visit(inner, [...path, place], walk);
  if (named === stored) walk.found.push(stored);
}

async function loadOne(reference: SchemaReference, place: string, walk: Walk): Promise<StoredSchema> {
  if (walk.byPlace.size >= MAX_REFERENCES) {
    throw bad(walk, `${walk.request} has more than ${MAX_REFERENCES} references.`);
  }
  const stored = await walk.load(reference);
  walk.byPlace.set(place, stored);
  return stored;
}

function bad({ request }: Walk, message: string): RegistryError {
  return new RegistryError('BAD_REFERENCES', request, message);
}
