import type { ValueType } from '../types/edge-type.ts';
import type { Port } from '../record/record-batch.ts';
import type { Expression } from './contexts.ts';

/** A name of a field or variable. */
export type Name = string;

/** A path of fields into the value: `['address', 'city']`. */
export type FieldPath = readonly string[];

/** One field of a projection: computed, or passed on unchanged. */
export type ProjectField = readonly [Name, Expression | { readonly copy: FieldPath }];

/** One step of a node's work on a record: plain data with two back ends of one meaning. */
export type StageOp =
  /** Lets records pass whose expression is true; the others leave by `dropped`. Tombstones pass unevaluated. */
  | { readonly op: 'filter'; readonly where: Expression; readonly dropped: Port }
  /** Makes a new value; all expressions see the incoming record and the `let`s before them. Tombstones pass unevaluated. */
  | {
      readonly op: 'project';
      readonly let: readonly (readonly [Name, Expression])[];
      readonly fields: readonly ProjectField[];
      readonly output: ValueType;
    }
  /** Sends a record to the first case that is true, or to all; the record ends here. Tombstones go to every case. */
  | {
      readonly op: 'branch';
      readonly cases: readonly (readonly [Port, Expression])[];
      readonly mode: 'first' | 'all';
      readonly unmatched: Port;
    }
  /** Sets the key; a null key leaves by `null`. */
  | { readonly op: 'key'; readonly by: Expression; readonly null: Port }
  /** Adds headers with the text of the expressions. */
  | { readonly op: 'headers'; readonly set: readonly (readonly [string, Expression])[] }
  /** Sets the timestamp. */
  | { readonly op: 'timestamp'; readonly at: Expression }
  /** Sends the record to a port of this node; the last op of a node whose record goes on. */
  | { readonly op: 'emit'; readonly port: Port };
