import type { CelType } from './types/cel-type.ts';

/** Says which names an expression may use and what type each has. */
export interface Environment {
  /** Types of variables by name. A name may be dotted: `a.b.c` is then looked for before the field `c` of `a.b`. */
  readonly variables: ReadonlyMap<string, CelType>;
  /** Names that could mean two things, each with the spellings to use instead. */
  readonly ambiguous?: ReadonlyMap<string, readonly string[]>;
  /** The type of every name that is not declared: set where the record has no schema and any name may be one of its fields. */
  readonly fallback?: CelType;
  /** The records that an expression may build, by the name that it writes. */
  readonly records?: ReadonlyMap<string, BuildableRecord>;
  /** The namespace whose names may be written without it, as CEL's container: in `a.b`, `x` may mean `a.b.x`, `a.x` or `x`. */
  readonly container?: string;
  /** Whether aggregates such as `count()` and `sum(x)` may be used. */
  readonly aggregates?: boolean;
  /** Whether what the checker would refuse fails at run time instead, and only where it is evaluated. */
  readonly unchecked?: boolean;
}

/** Describes a record that an expression may build: `Geo{country: 'ZZ'}`. */
export interface BuildableRecord {
  readonly type: CelType & { kind: 'record' };
  /** Values of fields that may be left out; nullable fields may be left out anyway and are null then. */
  readonly defaults?: ReadonlyMap<string, unknown>;
}
