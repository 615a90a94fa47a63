import { takesDeadLetters } from '../../graph/resolve-settings.ts';
import { errorPort } from '../../graph/wire-nodes.ts';
import type { Rule } from '../rule.ts';

/** States that the sink of dead letters loses none: it is required, and a delivery that fails there fails the topology. */
export const deadLettersAreKept: Rule = ({ definition, wiring, report }) => {
  for (const node of definition.nodes) {
    if (!takesDeadLetters(node, definition)) continue;
    const { required, onError } = node.common;
    const say = (key: string[], message: string) =>
      report({ code: 'DEAD_LETTER_MAY_BE_LOST', severity: 'error', at: [...node.at, ...key], message });
    if (required === false) say(['required'], 'the sink of dead letters must be required.');
    if (onError?.deliver !== undefined && onError.deliver !== 'fail')
      say(['onError', 'deliver'], 'a dead letter that cannot be delivered has no other policy than "fail".');
    for (const { inputs } of wiring.nodes.values())
      for (const { at, port } of inputs.filter((input) => input.node === node.id && input.port === errorPort)) {
        const message = `a dead letter that cannot be delivered has no other policy than "fail", so that nothing leaves by "${node.id}.${port}".`;
        report({ code: 'DEAD_LETTER_MAY_BE_LOST', severity: 'error', at, message });
      }
  }
};
