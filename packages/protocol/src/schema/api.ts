import type { Fields, StructInput, StructValue } from './field.ts';

/** A first and a last version, both included. */
export type VersionRange = readonly [first: number, last: number];

/** Describes a message that stands by itself, behind a version: metadata and assignments of group members. */
export interface DataDefinition<F extends Fields = Fields> {
  readonly name: string;
  readonly versions: VersionRange;
  /** The first version with compact lengths and tagged fields; null when there is none. */
  readonly flexible: number | null;
  readonly fields: F;
}

/** Describes one key of the protocol: its request and its response. */
export interface ApiDefinition<Request extends Fields = Fields, Response extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: VersionRange;
  /** The first version with compact lengths and tagged fields; null when there is none. */
  readonly flexible: number | null;
  readonly request: Request;
  readonly response: Response;
}

/** The type of a request of a key as it is read. */
export type RequestOf<A extends ApiDefinition> = StructValue<A['request']>;
/** The type of a request of a key as it is written. */
export type RequestInput<A extends ApiDefinition> = StructInput<A['request']>;
/** The type of a response of a key as it is read. */
export type ResponseOf<A extends ApiDefinition> = StructValue<A['response']>;
/** The type of a response of a key as it is written. */
export type ResponseInput<A extends ApiDefinition> = StructInput<A['response']>;

/** Returns the definition of a key as it is given, with its exact type. */
export function defineApi<const Request extends Fields, const Response extends Fields>(
  definition: ApiDefinition<Request, Response>,
): ApiDefinition<Request, Response> {
  return definition;
}

/** Returns the definition of a message that stands by itself as it is given, with its exact type. */
export function defineData<const F extends Fields>(definition: DataDefinition<F>): DataDefinition<F> {
  return definition;
}
