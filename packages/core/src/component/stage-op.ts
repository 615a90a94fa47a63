import type { EdgeType, ValueType } from '../types/edge-type.ts';
import type { Port } from '../record/record-batch.ts';
import type { Expression } from './contexts.ts';
import type { FunctionCall } from './function-call.ts';

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

/** How a text is taken apart. */
export type ParseFormat =
  | { readonly kind: 'json' | 'logfmt' | 'syslog' | 'combined' }
  | { readonly kind: 'csv'; readonly delimiter: string; readonly quote: string }
  | { readonly kind: 'pattern'; readonly pattern: string };

/** A text that is taken apart, and the name of what it holds. */
export interface ParseStep {
  readonly of: Expression;
  readonly format: ParseFormat;
  readonly as: Name;
}

/** How important what `peek` shows is. */
export type PeekLevel = 'debug' | 'info' | 'warn';

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
      /** Text that is taken apart before all else; expressions see what it holds under the name. */
      readonly parse?: ParseStep;
      /** Null: the value is passed on as it is; what one source gives becomes the value where there is one. */
      readonly fields: readonly ProjectField[] | { readonly value: ProjectSource } | null;
      /** For dynamic values: all other fields but these are passed on, before `fields`. */
      readonly rest?: readonly Name[];
      readonly output: ValueType;
      /** The new key; null is a key as well. */
      readonly key?: ProjectSource;
      readonly headers?: readonly (readonly [string, Expression])[];
      /** Whether the headers that came in are left out, of tombstones too; those of a route stay. */
      readonly replacesHeaders?: boolean;
      readonly timestamp?: Expression;
      /** Makes the record a tombstone where it is true. */
      readonly deleteWhen?: Expression;
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
  /** Adds headers with the text of the expressions; bytes stay as they are. Tombstones pass unevaluated, unless "tombstones" is true. */
  | {
      readonly op: 'headers';
      readonly set: readonly (readonly [string, Expression])[];
      readonly tombstones?: boolean;
    }
  /** Sets the timestamp, cut to whole milliseconds. Tombstones pass unevaluated. */
  | { readonly op: 'timestamp'; readonly at: Expression }
  /** Fails records whose time is further ahead of the clock than so many milliseconds. */
  | { readonly op: 'ahead'; readonly mostMs: number }
  /**
   * Makes a record of each item of a list: the item itself, or a record of fields that see it under `as` and its number under
   * `index`. A list that is empty or null sends the record to `empty`.
   */
  | {
      readonly op: 'each';
      readonly items: Expression;
      readonly as: Name;
      readonly index: Name | null;
      readonly fields: readonly ProjectField[] | null;
      readonly rest?: readonly Name[];
      readonly output: ValueType;
      readonly empty: Port;
    }
  /** Fails a record for which one of the conditions is not true, with the names of all of them. Tombstones pass unevaluated. */
  | { readonly op: 'check'; readonly that: readonly (readonly [Name, Expression])[] }
  /** Shows each record and passes it on as it is: to a function, or to whoever listens to the telemetry. */
  | { readonly op: 'peek'; readonly call: FunctionCall | null; readonly level: PeekLevel }
  /** Passes on every n-th record of a split, or a share of them chosen by a hash of `by` (of the record's place where that is null). */
  | {
      readonly op: 'sample';
      readonly every: number | null;
      readonly rate: number | null;
      readonly by: Expression | null;
      readonly dropped: Port;
    }
  /** Passes on so many records a second, in all or of each value of `by`; the others leave by `dropped`. */
  | { readonly op: 'throttle'; readonly perSecond: number; readonly by: Expression | null; readonly dropped: Port }
  /** Lets a function make any number of records for its ports. */
  | { readonly op: 'process'; readonly call: FunctionCall; readonly outputs: Readonly<Record<Port, EdgeType>> }
  /** Sends the record to a port of this node; the last op of a node whose record goes on. */
  | { readonly op: 'emit'; readonly port: Port };
