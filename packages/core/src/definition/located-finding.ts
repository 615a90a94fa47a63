import type { Severity } from '../component/finding.ts';

/** The line that a finding points at, cut to what fits a terminal; `caret` and `length` count characters of `text`. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
  readonly caret: number;
  readonly length: number;
}

/** A finding with the place that its author sees in the editor. Lines and columns begin at 1. */
export interface LocatedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place in the definition, as `operators.paid.where`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
  readonly excerpt: Excerpt;
}
