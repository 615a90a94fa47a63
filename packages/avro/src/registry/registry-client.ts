import type { Schema } from '../schema.ts';
import type { RegisteredSchema } from './schema-cache.ts';
import type { SchemaReference } from './stored-schema.ts';

/** Names how the schemas of a subject must fit each other (Confluent, "Schema Evolution and Compatibility"). */
export type CompatibilityLevel =
  'BACKWARD' | 'BACKWARD_TRANSITIVE' | 'FORWARD' | 'FORWARD_TRANSITIVE' | 'FULL' | 'FULL_TRANSITIVE' | 'NONE';

/** Holds a version of a subject. */
export interface RegisteredVersion extends RegisteredSchema {
  readonly subject: string;
  readonly version: number;
}

/** Gives a schema to the registry: parsed, or as the text of its JSON, with what it refers to. */
export interface SchemaToRegister {
  readonly schema: Schema | string;
  readonly references?: readonly SchemaReference[];
  /** Whether the registry shall bring the schema to its normal form first, so that its spelling does not matter. */
  readonly normalize?: boolean;
}

/** Says for how long a caller waits; what was sent to the registry is not called back. */
export interface Waiting {
  readonly signal?: AbortSignal;
}

/**
 * Asks a schema registry (Confluent's REST API). Every method rejects with RegistryError, and with the reason of
 * `signal` when that is aborted first.
 */
export interface RegistryClient {
  /** Returns the schema of an id, from memory where it is known. */
  schemaById(id: number, waiting?: Waiting): Promise<RegisteredSchema>;
  /** Returns the schema of an id if it is in memory, without asking. */
  knownSchema(id: number): RegisteredSchema | undefined;
  subjects(waiting?: Waiting): Promise<readonly string[]>;
  versions(subject: string, waiting?: Waiting): Promise<readonly number[]>;
  /** Returns a version, from memory where it is known; `latest` is always asked. */
  version(subject: string, version: number | 'latest', waiting?: Waiting): Promise<RegisteredVersion>;
  /** Returns the ids of the schemas that refer to a version. */
  referencedBy(subject: string, version: number, waiting?: Waiting): Promise<readonly number[]>;
  /** Returns where a subject holds a schema, from memory where it is known; SCHEMA_NOT_FOUND where it does not. */
  lookUp(subject: string, schema: SchemaToRegister, waiting?: Waiting): Promise<{ id: number; version: number }>;
  /** Registers a schema unless the subject holds it already, and returns its id, from memory where it is known. */
  register(subject: string, schema: SchemaToRegister, waiting?: Waiting): Promise<number>;
  /**
   * Tells whether a schema could be registered, beside one version or all that the subject's level demands; the
   * registry's reasons, if it gives any.
   */
  checkCompatibility(
    subject: string,
    schema: SchemaToRegister,
    against?: number | 'latest' | 'all',
    waiting?: Waiting,
  ): Promise<{ compatible: boolean; messages: readonly string[] }>;
  /** Returns the level of a subject, or the one that holds for subjects without their own. */
  compatibility(subject?: string, waiting?: Waiting): Promise<CompatibilityLevel>;
  setCompatibility(level: CompatibilityLevel, subject?: string, waiting?: Waiting): Promise<void>;
  /** Ends all requests; what waits and what comes later rejects with CLOSED. */
  close(): void;
}
