import type { CallSite } from '../component/author/call-site.ts';
import type { Path } from '../component/finding.ts';

/** What a call did that no data can hold. */
export interface CallFault {
  readonly code: string;
  readonly at: Path;
  readonly message: string;
  readonly site: CallSite | null;
}

/** Where the parts of a TypeScript topology were written. */
export interface TopologyCalls {
  /** The call of `defineTopology`. */
  readonly top: CallSite | null;
  /** The call that made each node, by `section.id`. */
  readonly sites: ReadonlyMap<string, CallSite>;
  readonly faults: readonly CallFault[];
}

/** The property under which a definition keeps its calls. It is the same in every copy of this package, and no part of the data. */
export const topologyCalls: unique symbol = Symbol.for('headrace.topologyCalls') as never;

/** Returns where a definition was written; null for one that `defineTopology` did not make. */
export function callsOf(definition: object): TopologyCalls | null {
  const calls = (definition as { [topologyCalls]?: TopologyCalls })[topologyCalls];
  return calls !== undefined && calls.sites instanceof Map ? calls : null;
}
