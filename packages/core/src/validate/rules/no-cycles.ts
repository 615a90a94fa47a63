import type { Rule } from '../rule.ts';

/** States that no record can come back to a node that it left. */
export const noCycles: Rule = ({ cycles, wiring, report }) => {
  for (const cycle of cycles) {
    const [first] = cycle as [string];
    const chain = [...cycle, first].map((id) => `"${id}"`);
    const shown = chain.length <= 12 ? chain : [...chain.slice(0, 10), '…', ...chain.slice(-1)];
    const { inputs = [], node } = wiring.nodes.get(first) ?? {};
    const back = inputs.find((input) => input.node === cycle.at(-1));
    const at = back?.at ?? node?.at ?? [];
    report({ code: 'CYCLE', severity: 'error', at, message: `the nodes form a cycle: ${shown.join(' -> ')}.` });
  }
};
