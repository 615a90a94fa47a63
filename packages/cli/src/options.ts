import type { CompatibilityMode } from '@headrace/avro';
import type { OnlineOptions } from './deploy/open-topology.ts';
import type { LogFormat, LogLevel } from './run/create-logger.ts';

/** The options of `validate`. */
export interface ValidateOptions extends OnlineOptions {
  readonly format: 'text' | 'json' | 'github';
  readonly denyWarnings?: boolean;
  readonly online?: boolean;
}

/** The options of `graph`. */
export interface GraphOptions {
  readonly format: 'tree' | 'mermaid' | 'dot' | 'json';
  readonly set?: readonly string[];
}

/** The options of `run`. */
export interface RunOptions {
  readonly brokers?: string;
  readonly from?: 'earliest';
  readonly set?: readonly string[];
  readonly envFile?: string;
  readonly bounded?: boolean;
  readonly untilEnd?: boolean;
  readonly instance?: string;
  readonly dryRun?: boolean;
  readonly metricsAddress?: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** The options of `eval`. */
export interface EvalOptions {
  readonly schema?: string;
  readonly record?: string;
  readonly json?: boolean;
  readonly code?: boolean;
}

/** The options of `schema check`. */
export interface SchemaCheckOptions {
  readonly mode: CompatibilityMode;
  readonly format: 'text' | 'json';
}

/** The options of `schema infer`. */
export interface SchemaInferOptions {
  readonly name?: string;
  readonly records?: number;
  readonly delimiter?: string;
}

/** The options of `types`. */
export interface TypesOptions {
  readonly name?: string;
  readonly long: 'number' | 'bigint';
}
