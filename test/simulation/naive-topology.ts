/** The value that all records of random topologies have. */
export interface NaiveValue {
  readonly id: string;
  readonly n: number;
  readonly tags: readonly string[];
  readonly note: string | null;
}

/** A record as the naive evaluation sees it: decoded, with nothing of batches, stages and tasks. */
export interface NaiveRecord {
  readonly key: unknown;
  readonly value: NaiveValue | null;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a node makes of one record: records by port, or the code of a failure. */
export type NaiveResult = readonly (readonly [port: string, record: NaiveRecord])[] | { readonly fails: string };

/** A node of a random topology: what it reads, and what it means. */
export interface NaiveNode {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly evaluate: (record: NaiveRecord) => NaiveResult;
}

/** What left by a port: the record, and the code where it is an error port. */
export interface NaiveOutput {
  readonly record: NaiveRecord;
  readonly code: string | null;
}

/** Sends one record at a time through the nodes, depth first, and lists what left by each port. */
export function evaluateNaively(
  nodes: readonly NaiveNode[],
  sent: readonly (readonly [source: string, record: NaiveRecord])[],
): ReadonlyMap<string, readonly NaiveOutput[]> {
  const left = new Map<string, NaiveOutput[]>();
  const pass = (from: string, record: NaiveRecord, code: string | null): void => {
    left.set(from, [...(left.get(from) ?? []), { record, code }]);
    for (const node of nodes) if (node.inputs.includes(from)) run(node, record);
  };
  const run = (node: NaiveNode, record: NaiveRecord): void => {
    const result = node.evaluate(record);
    if ('fails' in result) return pass(`${node.id}.error`, record, result.fails);
    for (const [port, made] of result) pass(port === 'out' ? node.id : `${node.id}.${port}`, made, null);
  };
  for (const [source, record] of sent) pass(source, record, null);
  return left;
}
