import type { CelType } from './types/cel-type.ts';

/** Says which names an expression may use and what type each has. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>;
  /** Names that could mean two things, each with the spellings to use instead. */
  readonly ambiguous?: ReadonlyMap<string, readonly string[]>;
  /** The type of every name that is not declared: set where the record has no schema and any name may be one of its fields. */
  readonly fallback?: CelType;
}
