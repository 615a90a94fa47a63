/** The options of `validate`. */
export interface ValidateOptions {
  readonly format: 'text' | 'json' | 'github';
  readonly denyWarnings?: boolean;
  readonly online?: boolean;
  readonly set?: readonly string[];
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
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** The options of `eval`. */
export interface EvalOptions {
  readonly schema?: string;
  readonly record?: string;
  readonly json?: boolean;
  readonly code?: boolean;
}
