/** How bad a finding is: only errors keep a topology from starting. */
export type Severity = 'error' | 'warning' | 'info';

/** A path of keys and indexes into the topology file. */
export type Path = readonly (string | number)[];

/**
 * A remark on a topology, before it has a line and a column. `at` is where in the definition; `on` says whether the key or
 * the value is meant; `span` is a range of characters within the value, where that is a text.
 */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly at: Path;
  readonly on?: 'key' | 'value';
  readonly span?: { readonly start: number; readonly end: number };
  /** One sentence that quotes the user's words. */
  readonly message: string;
  /** What to write instead, or do. */
  readonly suggestion?: string;
}
