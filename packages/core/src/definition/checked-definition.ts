import type { OperatorDefinition } from '../component/operator.ts';
import type { SinkDefinition } from '../component/sink.ts';
import type { SourceDefinition } from '../component/source.ts';
import type { Path } from '../component/finding.ts';
import type { UserFunction } from '../component/user-function.ts';
import type { Section } from './options-schema.ts';
import type { ResolvedParameter } from './resolve-parameters.ts';
import type { ClusterDefinition, ErrorPolicies, RunDefinition } from './topology-definition.ts';

/** An input as written: an id, perhaps a port, and where it stands. */
export interface WrittenInput {
  readonly text: string;
  readonly at: Path;
}

/** What every node may say beside its component's own options. */
export interface CommonOptions {
  /** Whether the types of the inputs may differ. */
  readonly widen?: boolean;
  readonly onError?: ErrorPolicies;
  readonly cluster?: string;
  readonly batch?: { readonly records?: number; readonly bytes?: string; readonly delay?: string };
  readonly retry?: {
    readonly attempts?: number;
    readonly for?: string;
    readonly delay?: string;
    readonly maxDelay?: string;
  };
  readonly required?: boolean;
  /** The id that the node had before. */
  readonly renamedFrom?: string;
}

interface CheckedBase {
  readonly id: string;
  readonly section: Section;
  readonly type: string;
  readonly at: Path;
  /** Null where none is written. */
  readonly inputs: readonly WrittenInput[] | null;
  /** Whether something is written as an input that is no text. */
  readonly hasBrokenInput: boolean;
  /** The component's own options, filled in; null where they are wrong. */
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly common: CommonOptions;
}

/** A node whose frame is right; `definition` is null where its type is not known. */
export type CheckedNode = CheckedBase &
  (
    | { readonly section: 'sources'; readonly definition: SourceDefinition | null }
    | { readonly section: 'operators'; readonly definition: OperatorDefinition | null }
    | { readonly section: 'sinks'; readonly definition: SinkDefinition | null }
  );

/** What stands where nodes should, and is none. */
export interface BrokenNodes {
  /** Sections that cannot be read as such: any id may have been meant to stand there. */
  readonly sections: readonly Section[];
  readonly ids: readonly string[];
}

/** A definition as far as it could be read: parameters filled in, what is wrong left out. */
export interface CheckedDefinition {
  readonly name: string;
  readonly group: string;
  /** The name that the topology had before; null where none is written. */
  readonly renamedFrom: string | null;
  readonly parameters: ReadonlyMap<string, ResolvedParameter>;
  /** Parameters whose declaration has mistakes; null where any may be declared in a way that cannot be read. */
  readonly brokenParameters: ReadonlySet<string> | null;
  readonly clusters: ReadonlyMap<string, ClusterDefinition>;
  /** Clusters whose declaration has mistakes; null where any may be declared in a way that cannot be read. */
  readonly brokenClusters: ReadonlySet<string> | null;
  readonly run: RunDefinition;
  /** The keys of `run` that have mistakes: nothing follows from their absence. */
  readonly brokenRun: ReadonlySet<string>;
  /** In the order of the file; ids may repeat. */
  readonly nodes: readonly CheckedNode[];
  readonly brokenNodes: BrokenNodes;
  /** Places whose value is not known yet: nothing is said about them. */
  readonly unknown: readonly Path[];
  /** Texts that came from other files, by their place as JSON. */
  readonly origins: ReadonlyMap<string, { readonly file: string; readonly text: string }>;
  /** Every function that nodes call, named but not loaded. */
  readonly functions: readonly UserFunction[];
  /** Where secrets are written out. */
  readonly secrets: readonly Path[];
}
