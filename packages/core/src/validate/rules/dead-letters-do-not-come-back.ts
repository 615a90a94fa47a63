import { isUnknown } from '../../definition/fill-in.ts';
import { shorten } from '../../definition/format-path.ts';
import type { Rule } from '../rule.ts';

/** States that no source reads the topic of dead letters: what fails there would come back for ever. */
export const deadLettersDoNotComeBack: Rule = ({ definition, nodes, report }) => {
  const { deadLetter } = definition.run;
  const at = ['run', 'deadLetter', 'topic'];
  if (deadLetter === undefined || !('topic' in deadLetter) || isUnknown(at, definition.unknown)) return;
  const { topic } = deadLetter;
  const reader = [...nodes.values()].find((node) => {
    if (node.kind !== 'source') return false;
    const topics = node.definition.subscription?.(node.options).topics ?? [];
    return topics instanceof RegExp ? topics.test(topic) : topics.includes(topic);
  });
  if (reader === undefined) return;
  const message = `the source "${reader.id}" reads "${shorten(topic, 80)}": a dead letter would come back and fail again.`;
  const suggestion = 'Read dead letters by a topology of their own.';
  report({ code: 'DEAD_LETTERS_COME_BACK', severity: 'error', at, message, suggestion });
};
