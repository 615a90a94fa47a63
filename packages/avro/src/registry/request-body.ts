import { createHash } from 'node:crypto';
import { schemaToJson } from '../schema-json.ts';
import type { SchemaToRegister } from './registry-client.ts';

/** Returns what is sent of a schema, and a key that stands for the path and it in a cache. */
export function requestBody(
  path: string,
  { schema, references = [] }: SchemaToRegister,
): { body: object; key: string } {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schemaToJson(schema));
  // The type of the schema is left out: Avro is what is meant then, and registries of before 2020 know no other.
  const body = references.length === 0 ? { schema: text } : { schema: text, references };
  const key = createHash('sha256')
    .update(JSON.stringify([path, body]))
    .digest('base64');
  return { body, key };
}
