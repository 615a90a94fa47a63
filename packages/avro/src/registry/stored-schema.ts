import { RegistryError } from './registry-error.ts';

/** Says where a type lies that a schema names and does not spell out. */
export interface SchemaReference {
  /** The full name of the type. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** Holds a schema as the registry stores it. */
export interface StoredSchema {
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** Holds the schema of a version as the registry stores it. */
export interface StoredVersion extends StoredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

/** States how many characters the text of a schema may have. */
const MAX_SCHEMA_LENGTH = 1024 * 1024;

/** Reads the part of an answer that describes a schema. Throws RegistryError NOT_AVRO, BAD_RESPONSE or UNUSABLE_SCHEMA. */
export function storedSchema(json: unknown, request: string): StoredSchema {
  const answer = Object(json) as Record<string, unknown>;
  const { schema, schemaType, references } = answer;
  if (schemaType !== undefined && schemaType !== null && schemaType !== 'AVRO') {
    throw new RegistryError('NOT_AVRO', request, `The registry answered ${request} with a schema that is not Avro.`);
  }
  if (typeof schema !== 'string') throw badResponse(request, '"schema" is not text');
  if (schema.length > MAX_SCHEMA_LENGTH) {
    const message = `The schema of ${request} has more than ${MAX_SCHEMA_LENGTH} characters.`;
    throw new RegistryError('UNUSABLE_SCHEMA', request, message);
  }
  if (references !== undefined && references !== null && !Array.isArray(references)) {
    throw badResponse(request, '"references" is not a list');
  }
  const list = (references ?? []) as unknown[];
  return { text: schema, references: list.map((item) => storedReference(item, request)) };
}

/** Reads an answer that describes a version of a subject. Throws as `storedSchema` does. */
export function storedVersion(json: unknown, request: string): StoredVersion {
  const { subject, version, id } = Object(json) as Record<string, unknown>;
  if (typeof subject !== 'string') throw badResponse(request, '"subject" is not text');
  return {
    ...storedSchema(json, request),
    subject,
    version: numberOf(version, 'version', request),
    id: numberOf(id, 'id', request),
  };
}

/** Reads a number that must be a whole one, not negative. */
export function numberOf(value: unknown, name: string, request: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badResponse(request, `"${name}" is not a number`);
}

/** Reads a list. */
export function listOf<T>(json: unknown, request: string, item: (json: unknown) => T): readonly T[] {
  if (Array.isArray(json)) return json.map(item);
  throw badResponse(request, 'it is not a list');
}

/** Returns the error for an answer of a wrong shape. */
export function badResponse(request: string, what: string): RegistryError {
  return new RegistryError('BAD_RESPONSE', request, `The answer of the registry to ${request} is wrong: ${what}.`);
}

function storedReference(json: unknown, request: string): SchemaReference {
  const { name, subject, version } = Object(json) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof subject !== 'string') throw badResponse(request, 'a reference has no name');
  return { name, subject, version: numberOf(version, 'version', request) };
}
