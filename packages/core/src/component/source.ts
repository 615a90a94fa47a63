import type { TSchema } from 'typebox';
import type { Split } from '../record/record-batch.ts';
import type { EdgeType } from '../types/edge-type.ts';
import type { StageOp } from './stage-op.ts';
import type { InferContext, LowerContext, SourceContext } from './contexts.ts';
import type { Encoding } from './encoding.ts';
import type { Example } from './example.ts';
import type { Position } from './position.ts';
import type { ReaderOptions, StartAt, TopicPartition } from './log.ts';
import type { SplitReader } from './split-reader.ts';

/** A running source. */
export interface Source {
  /** Lists the splits; a source of scope `group` has none here: the Log assigns them. */
  splits(): AsyncIterable<Split>;
  open(split: Split, at: Position | null): SplitReader;
  close?(): Promise<void>;
}

/** Says where a source's splits live, how they repeat, and whether it ends. */
export interface SourceTraits {
  readonly scope: 'group' | 'host' | 'single';
  readonly replay: 'position' | 'acknowledge' | 'none';
  readonly bounded: boolean;
}

/** A source as the registry knows it. */
export interface SourceDefinition<O = any> {
  readonly kind: 'source';
  readonly type: string;
  readonly summary: string;
  readonly options: TSchema;
  readonly examples: readonly Example<O>[];
  /** Names what its default port carries and how keys and values are read; null where findings keep it from being known. */
  infer(options: O, context: InferContext): { output: EdgeType; key: Encoding | null; value: Encoding } | null;
  traits(options: O): SourceTraits;
  /** For scope `group`: the topics to join for, where to start without a committed position, and how partitions are read. */
  subscription?(options: O): {
    topics: readonly string[] | RegExp;
    start: StartAt;
    /** Where single partitions start instead. */
    offsets?: ReadonlyMap<TopicPartition, number>;
    reading?: Pick<ReaderOptions, 'onOutOfRange' | 'uncommitted'>;
  };
  /** The files that it reads, as written: paths and patterns (`*`, `?`, `**`). A sink of the same topology must not write them. */
  files?(options: O): readonly string[];
  /** Work on each record right after decoding, such as its timestamp. */
  lower?(options: O, context: LowerContext): StageOp[];
  /** For the other scopes; a source of scope `group` is read through the Log. */
  create?(options: O, context: SourceContext): Source;
}
