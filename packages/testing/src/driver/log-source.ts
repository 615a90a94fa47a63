import type { NodeId, SourceDefinition } from '@headrace/core';

/** Puts a topic named after the node in the place of what a source reads; options, types and the work after decoding stay. */
export function readFromLog(definition: SourceDefinition, node: NodeId): SourceDefinition {
  return {
    kind: 'source',
    type: definition.type,
    summary: definition.summary,
    options: definition.options,
    examples: definition.examples,
    infer: (options, context) => definition.infer(options, context),
    ...(definition.lower === undefined ? {} : { lower: definition.lower.bind(definition) }),
    traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
    subscription: () => ({ topics: [node], start: 'earliest' }),
  };
}
