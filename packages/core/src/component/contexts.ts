import type { Checked, CelType } from '@headrace/cel';
import type { EdgeType, ValueType } from '../types/edge-type.ts';
import type { NodeId, Port, RecordBatch, Split } from '../record/record-batch.ts';
import type { Clock } from './clock.ts';
import type { Decoder, Encoder, Encoding } from './encoding.ts';
import type { Finding, Path } from './finding.ts';
import type { FunctionCall } from './function-call.ts';
import type { UserFunction } from './user-function.ts';
import type { Log } from './log.ts';
import type { DetachedRecord } from './record-view.ts';

/** A text of CEL; a list stands for one expression over several lines. Where an option takes them, a function. */
export type ExpressionText = string | readonly string[] | UserFunction;

/** A checked expression of CEL, or the function that stands in its place. */
export type Expression = Checked | FunctionCall;

/** What `infer` may ask. All paths are relative to the node: `['where']`. Findings are reported, never thrown. */
export interface InferContext {
  readonly node: NodeId;
  /** Reports a finding on this node. */
  report(finding: Finding): void;
  /** Checks an expression against an edge and reports what is wrong; `expected` adds the check of its type. Null where it is wrong. */
  expression(at: Path, text: ExpressionText, edge: EdgeType, options?: ExpressionOptions): Expression | null;
  /** Loads a schema by path (relative to the topology file) or takes one written inline; null where it is wrong. */
  schema(at: Path, reference: unknown): ValueType | null;
  /**
   * Returns how the bytes lie that a sink passes on as they were read, where nothing on the way changes them; else reports why they
   * cannot be, and null.
   */
  asRead(at: Path, part: 'key' | 'value'): Encoding | null;
  /** Reads a codec option of a source (`"string"` or `{ "codec": … }`); null where it is wrong. */
  reads(at: Path, option: unknown, defaults?: ReadDefaults): Encoding | null;
  /** Reads a codec option of a sink: what to write a value of type `type` with; without an option the defaults of the format apply. */
  writes(at: Path, option: unknown, type: ValueType, defaults: WriteDefaults): Encoding | null;
}

/** What a source knows of how its bytes may lie. */
export interface ReadDefaults {
  /** Whether values may carry the id of their writer's schema. */
  readonly frames: boolean;
}

/** What a sink knows for choosing a codec and naming what it writes. */
export interface WriteDefaults {
  /** The codec where none is written: that of a file's extension, else null. */
  readonly codec: string | null;
  /** The name of a record that has none. */
  readonly schemaName: string;
  /** The subjects of a registry that hold what is written, where values may carry the id of their schema. */
  readonly subjects?: readonly string[];
}

/** Further names in scope, and the type that an expression must have. */
export interface ExpressionOptions {
  readonly expected?: 'bool' | 'int' | 'string' | 'timestamp' | 'any';
  readonly variables?: ReadonlyMap<string, CelType>;
}

/** What `lower` may ask; it runs only on nodes whose `infer` found no error. */
export interface LowerContext {
  readonly node: NodeId;
  readonly inputs: readonly EdgeType[];
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  expression(at: Path, text: ExpressionText, edge: EdgeType, options?: ExpressionOptions): Expression;
}

/** What every running component gets. */
export interface NodeContext {
  readonly node: NodeId;
  readonly topology: string;
  readonly clock: Clock;
  /** Resolves a path as written in the topology file. */
  resolvePath(path: string): string;
  /** The folder for what must survive this process. */
  readonly stateDirectory: string;
  /** Whether the run ends by itself. */
  readonly bounded: boolean;
  /** Whether this run starts from nothing: no position was ever committed. */
  readonly fresh: boolean;
  /** Gives the Log, connecting at the first call. */
  log(): Promise<Log>;
}

/** What an asynchronous node gets when it is created, once a worker. */
export interface AsyncNodeContext extends NodeContext {
  readonly input: EdgeType;
  readonly outputs: Readonly<Record<Port, EdgeType>>;
  /** How long an answer or the end of an epoch may take unless the node says otherwise. */
  readonly nodeTimeoutMs: number;
  /** Returns what evaluates the expression that `infer` checked at this path, on a row of a batch of decoded records. */
  evaluator(at: Path): (batch: RecordBatch, row: number) => unknown;
  /** Copies a row of a batch for a function of the author's. */
  record(batch: RecordBatch, row: number): DetachedRecord;
  /** Returns what makes values that may be anything those of a type; it throws where they are not. */
  fit(type: ValueType, path: string): (value: unknown) => unknown;
  decoder(encoding: Encoding): Decoder;
  encoder(encoding: Encoding, from: ValueType): Encoder;
  /**
   * Makes a call that may take the process for itself, such as that of a function of the author's, when its turn has come: between two
   * turns signals, timers, input and output have their chance. Rejects with the reason of `stopped` where that comes first.
   */
  call<T>(run: () => Promise<T>, stopped: AbortSignal): Promise<T>;
  /** Counts records of this node under a reason. */
  count(reason: string, records: number): void;
}

/** What a source gets when it is created. */
export interface SourceContext extends NodeContext {
  readonly key: Encoding | null;
  readonly value: Encoding;
}

/** What a sink gets when it is created. */
export interface SinkContext extends NodeContext {
  readonly key: Encoding | null;
  readonly value: Encoding;
  /** Whether only one task in the whole topology writes to this sink. */
  readonly singleTask: boolean;
  /** The splits that a task reads, for names of files. */
  splits(task: string): readonly Split[];
}
