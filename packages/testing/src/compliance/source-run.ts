import type { Columns, Example, Position, Source, SourceDefinition, SourceNode, SplitReader } from '@headrace/core';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { hold, type ComplianceContext, type SampleRecord } from './compliance-context.ts';
import { fittingRecords } from './fitting-records.ts';
import { topologyAround, type AroundExample } from './topology-around.ts';
import { Workspace } from './workspace.ts';

/** A source that was made for a trial, with its place. */
export interface SourceTrial {
  readonly summary: string;
  readonly around: AroundExample;
  readonly node: SourceNode;
  readonly workspace: Workspace;
  /** Makes the source anew, as another process does. */
  readonly create: () => Source;
}

/** What one read gave, and where reading stood after it. */
export interface Piece {
  readonly records: Columns;
  readonly next: Position;
  readonly nextOffset: number;
}

/** So much is read of a source that does not end, and so often it may say that nothing is there yet. */
const mostRecords = 12;
const mostIdle = 50;

/** Makes each example's source in a workspace of its own, and takes that away in the end. */
export async function forEachSource(
  component: SourceDefinition,
  context: ComplianceContext,
  look: (trial: SourceTrial) => Promise<void>,
): Promise<void> {
  for (const example of component.examples) {
    const workspace = new Workspace(context);
    try {
      await look(trialOf(component, example, context, workspace));
    } finally {
      workspace.remove();
    }
  }
}

function trialOf(
  component: SourceDefinition,
  example: Example<unknown>,
  context: ComplianceContext,
  workspace: Workspace,
): SourceTrial {
  const [sample] = fittingRecords(component, example, context) as [SampleRecord];
  const around = topologyAround(component, example.options as object, sample, context, workspace.folder);
  const node = TopologyTestDriver.check(around).nodes.get('records') as SourceNode;
  const { bounded } = component.traits(node.options);
  return {
    summary: example.summary,
    around,
    node,
    workspace,
    create() {
      const { key, value } = node;
      const created = component.create?.(node.options, { ...workspace.nodeContext('records', bounded), key, value });
      hold(created !== undefined, 'a source whose scope is not "group" needs "create".');
      return created;
    },
  };
}

/** Lists the splits of a source, of which there must be one at least. */
export async function splitsOf(source: Source, { workspace, summary }: SourceTrial): Promise<readonly string[]> {
  const listed = async (): Promise<readonly string[]> => {
    const splits: string[] = [];
    for await (const split of source.splits()) splits.push(split);
    return splits;
  };
  const splits = await workspace.within(listed(), `listing the splits of "${summary}"`);
  hold(splits.length > 0, `"${summary}" has no splits.`);
  hold(new Set(splits).size === splits.length, `"${summary}" names two splits alike.`);
  return splits;
}

/** Reads a split to its end, or so far as a trial goes. */
export async function readSplit(
  reader: SplitReader,
  limit: { readonly records: number; readonly bytes: number },
  { workspace, summary }: SourceTrial,
): Promise<{ readonly pieces: readonly Piece[]; readonly ended: boolean; readonly cut: boolean }> {
  const { signal } = new AbortController();
  const pieces: Piece[] = [];
  let count = 0;
  for (let idle = 0; count < mostRecords && idle < mostIdle;) {
    const result = await workspace.within(
      reader.read({ ...limit, waitMs: 500 }, signal),
      `a read of "${summary}"`,
      'goes on',
    );
    if (result === 'end') return { pieces, ended: true, cut: false };
    if (result === 'idle' || result.records === null) {
      idle++;
      continue;
    }
    const { records, next, nextOffset } = result;
    pieces.push({ records, next, nextOffset });
    count += records.count;
  }
  return { pieces, ended: false, cut: count >= mostRecords };
}
