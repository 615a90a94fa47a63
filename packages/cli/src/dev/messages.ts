/** What a worker of `dev` is told to look at. */
export interface CheckRequest {
  readonly kind: 'check';
  readonly file: string;
  readonly set: readonly string[];
  readonly envFile: string | null;
  /** Addresses of the cluster; null where the topology names it. */
  readonly brokers: readonly string[] | null;
  /** Whether the cluster is a real one, whose logins and registry stay as they are. */
  readonly isReal: boolean;
  /** What is put behind the name of the group, for one that is deleted at the end; null for the topology's own. */
  readonly groupSuffix: string | null;
  /** Where positions are kept. */
  readonly stateDirectory: string;
  /** Where sinks of files write. */
  readonly outputs: string;
  /** The nodes, or ports as `node.port`, that are shown; none for all. */
  readonly shown: readonly string[];
  /** How many records of a node are shown a second. */
  readonly perSecond: number;
  /** Nodes that are no Kafka sources and that records were sent to from the terminal. */
  readonly entrances: readonly string[];
}

/** A topic that a topology needs. */
export interface DevTopic {
  readonly name: string;
  readonly partitions: number | null;
  readonly config: Readonly<Record<string, string>>;
}

/** The topology is right and may run. */
export interface CheckedVersion {
  readonly kind: 'checked';
  readonly name: string;
  readonly files: readonly string[];
  readonly topics: readonly DevTopic[];
  readonly nodes: readonly string[];
  readonly hasRegistry: boolean;
  readonly drainTimeoutMs: number;
  /** Warnings, as they are printed. */
  readonly warnings: readonly string[];
  /** What is otherwise than in a run, in words. */
  readonly notes: readonly string[];
}

/** The topology has errors. */
export interface RefusedVersion {
  readonly kind: 'refused';
  readonly files: readonly string[];
  readonly findings: readonly string[];
  /** Whether another content of the files may mend it. */
  readonly mayMend: boolean;
}

/** Runs what was checked. */
export interface RunRequest {
  readonly kind: 'run';
  /** Topics to be fed with samples, since they are new. */
  readonly feed: readonly string[];
  /** Topics whose records may be made up, when there are no samples. */
  readonly makeUp: boolean;
  /** Where schemas are kept; null where there is no registry, or a real one. */
  readonly registry: string | null;
  /** What records that are made up are made from. */
  readonly seed: number;
}

/** Sends a record to a node or a topic. */
export interface InjectRequest {
  readonly kind: 'inject';
  readonly to: string;
  readonly text: string;
  /** Whether the text is a whole record, with key and headers. */
  readonly isRecord: boolean;
}

/** What a worker is told. One that is drained deletes its group as well where it is to `forget`. */
export type ToWorker =
  | CheckRequest
  | RunRequest
  | InjectRequest
  | { readonly kind: 'feed' }
  | { readonly kind: 'drain'; readonly forget: boolean };

/** A record that passed; texts of JSON. */
export interface ShownRecord {
  readonly kind: 'record';
  readonly node: string;
  readonly port: string;
  /** The topic that a sink wrote it to; null for other nodes and sinks. */
  readonly topic: string | null;
  readonly key: string | null;
  readonly value: string;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string | null>>;
}

/** What a worker tells. */
export type FromWorker =
  | CheckedVersion
  | RefusedVersion
  | ShownRecord
  | { readonly kind: 'started' }
  /** Records that passed and were not shown, since they were too many. */
  | { readonly kind: 'skipped'; readonly node: string; readonly records: number }
  | { readonly kind: 'failures'; readonly node: string; readonly code: string; readonly records: number }
  | { readonly kind: 'said'; readonly text: string; readonly isError: boolean }
  /** A record for a node that needs an entrance first; it is sent again when there is one. */
  | { readonly kind: 'needsEntrance'; readonly node: string; readonly again: InjectRequest }
  | { readonly kind: 'ended'; readonly error: string | null; readonly summary: string };
