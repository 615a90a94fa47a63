import type { Finding } from '../component/finding.ts';
import type { GraphDraft } from '../graph/build-graph.ts';

/** What a rule sees: the definition, the wiring, the nodes that could be typed. */
export interface RuleContext extends GraphDraft {
  readonly report: (finding: Finding) => void;
}

/** A statement that is true of a valid topology; it reports where it is not. */
export type Rule = (context: RuleContext) => void;
