import type { ValueType } from '../types/edge-type.ts';
import type { Port } from '../record/record-batch.ts';
import type { Expression } from './contexts.ts';

/** A name of a field or variable. */
export type Name = string;

/** A path of fields into the value: `['address', 'city']`. */
export type FieldPath = readonly string[];

/**
 * What a field is made of: an expression, a field passed on unchanged, or a record of such fields. `from` is the type of what is
 * passed on where that is not the type of the output, so that it must be looked at.
 */
export type ProjectSource =
  Expression | { readonly copy: FieldPath; readonly from?: ValueType } | { readonly record: readonly ProjectField[] };

/** One field of a projection. */
export type ProjectField = readonly [Name, ProjectSource];

/** One step of a node's work on a record: plain data with two back ends of one meaning. */
export type StageOp =
  /** Lets records pass whose expression is true; the others leave by `dropped`. Tombstones pass unevaluated. */
  | { readonly op: 'filter'; readonly where: Expression; readonly dropped: Port }
  /**
   * Makes a new value, and where asked a new key, headers and timestamp at once; all expressions see the incoming record and the
   * `let`s before them. Fields of `output` that are not listed take their default. Tombstones pass unevaluated.
   */
  | {
      readonly op: 'project';
      readonly let: readonly (readonly [Name, Expression])[];
      /** Null: the value is passed on as it is. */
      readonly fields: readonly ProjectField[] | null;
      /** For dynamic values: all other fields but these are passed on, before `fields`. */
      readonly rest?: readonly Name[];
      readonly output: ValueType;
      /** The new key; null is a key as well. */
      readonly key?: ProjectSource;
      readonly headers?: readonly (readonly [string, Expression])[];
      readonly timestamp?: Expression;
    }
  /** Sends a record to the first case that is true, or to all; the record ends here. Tombstones go to every case. */
  | {
      readonly op: 'branch';
      readonly cases: readonly (readonly [Port, Expression])[];
      readonly mode: 'first' | 'all';
      readonly unmatched: Port;
    }
  /** Sets the key. A record with a null key leaves by `null` as it came; where that is null itself, it goes on without a key. */
  | { readonly op: 'key'; readonly by: ProjectSource; readonly null: Port | null }
  /** Adds headers with the text of the expressions; bytes stay as they are. Tombstones pass unevaluated. */
  | { readonly op: 'headers'; readonly set: readonly (readonly [string, Expression])[] }
  /** Sets the timestamp, cut to whole milliseconds. Tombstones pass unevaluated. */
  | { readonly op: 'timestamp'; readonly at: Expression }
  /** Sends the record to a port of this node; the last op of a node whose record goes on. */
  | { readonly op: 'emit'; readonly port: Port };
