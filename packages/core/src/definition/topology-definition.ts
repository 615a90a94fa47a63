/** A parameter's declaration. */
export interface ParameterDefinition {
  readonly type: 'string' | 'strings' | 'int' | 'double' | 'bool' | 'duration' | 'size' | 'secret';
  readonly env?: string;
  readonly file?: string;
  readonly default?: unknown;
  readonly description?: string;
}

/** What happens to a record that fails. */
export type ErrorPolicy = 'fail' | 'skip' | 'deadLetter';

/** A policy for each place of failure; absent ones come from the topology, and are `fail` there. */
export interface ErrorPolicies {
  readonly decode?: ErrorPolicy;
  readonly process?: ErrorPolicy;
  readonly deliver?: ErrorPolicy;
}

/** The `run` section as written. */
export interface RunDefinition {
  readonly guarantee?: 'at-least-once' | 'exactly-once' | 'best-effort';
  readonly commitInterval?: string;
  readonly onError?: ErrorPolicies;
  readonly deadLetter?: { readonly topic: string } | { readonly sink: string };
  readonly memory?: string;
  readonly drainTimeout?: string;
  readonly nodeTimeout?: string;
  readonly stateDirectory?: string;
  readonly cluster?: string;
}

/** A schema registry with Confluent's API, as written. */
export interface RegistryDefinition {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

/** How a topology logs in, as written: a user with a password, or tokens (`oauthbearer`). */
export interface LoginDefinition {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';
  readonly username?: string;
  readonly password?: string;
  readonly allowPlaintext?: boolean;
  readonly oauth?: OAuthDefinition;
}

/** Where tokens come from: a file that somebody renews, or an endpoint of OAuth 2.0 that gives them for client credentials (RFC 6749 4.4). */
export interface OAuthDefinition {
  readonly tokenFile?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scope?: string;
}

/** A cluster as written; the names of its options are those that users of kafkajs know. */
export interface ClusterDefinition {
  readonly brokers: readonly string[];
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly sasl?: LoginDefinition;
  readonly registry?: RegistryDefinition;
}

/** A node as written: its type, its wiring and its options. */
export interface NodeDefinition {
  readonly type: string;
  readonly input?: string | readonly string[];
  readonly onError?: ErrorPolicies;
  readonly renamedFrom?: string;
  readonly [option: string]: unknown;
}

/** A topology as its author writes it, in JSON or TypeScript. */
export interface TopologyDefinition {
  readonly $schema?: string;
  readonly headrace: 1;
  readonly name: string;
  readonly group?: string;
  readonly renamedFrom?: string;
  readonly parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly clusters?: Readonly<Record<string, ClusterDefinition>>;
  readonly run?: RunDefinition;
  readonly sources: Readonly<Record<string, NodeDefinition>>;
  readonly operators?: Readonly<Record<string, NodeDefinition>>;
  readonly sinks: Readonly<Record<string, NodeDefinition>>;
}
