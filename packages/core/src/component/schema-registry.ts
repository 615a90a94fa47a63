import type { RegistryClient } from '@headrace/avro';

/** What the runtime asks of a schema registry: the client of `@headrace/avro`, or what stands for it in tests. */
export type SchemaRegistry = Pick<
  RegistryClient,
  'schemaById' | 'lookUp' | 'register' | 'versions' | 'version' | 'close'
>;

/** How the id of a schema stands before each value (Confluent's wire format: a zero byte, then four bytes). */
export interface Frame {
  /** The subjects that hold what a sink writes; for a source none, since its records say the id. */
  readonly subjects: readonly string[];
  /** Whether a sink registers its schema; else a subject that lacks it is an error. */
  readonly register: boolean;
}
