import { suggest } from '@headrace/cel';
import type { Path } from '../../component/finding.ts';
import type { ErrorPolicies } from '../../definition/topology-definition.ts';
import { shorten } from '../../definition/format-path.ts';
import type { Rule } from '../rule.ts';

/** States that the policy `deadLetter` has a place to send to, and that a sink named there exists. */
export const deadLetterIsDeclared: Rule = ({ definition, report }) => {
  const { run, brokenRun, nodes } = definition;
  if (brokenRun.has('deadLetter')) return;
  if (run.deadLetter === undefined) {
    const check = (policies: ErrorPolicies | undefined, at: Path) => {
      for (const [stage, policy] of Object.entries(policies ?? {})) {
        if (policy !== 'deadLetter') continue;
        const message = 'there is no place for dead letters.';
        const suggestion = 'Write "deadLetter": { "topic": "…" } or { "sink": "…" } in "run".';
        report({ code: 'DEAD_LETTER_NEEDED', severity: 'error', at: [...at, 'onError', stage], message, suggestion });
      }
    };
    check(run.onError, ['run']);
    for (const node of nodes) check(node.common.onError, node.at);
    return;
  }
  if (!('sink' in run.deadLetter)) return;
  const { sink } = run.deadLetter;
  const sinks = nodes.filter((node) => node.section === 'sinks').map((node) => node.id);
  const { sections, ids } = definition.brokenNodes;
  if (sinks.includes(sink) || sections.includes('sinks') || ids.includes(sink)) return;
  const suggestion = suggest(sink, sinks);
  const message = `there is no sink "${shorten(sink, 40)}".`;
  const at = ['run', 'deadLetter', 'sink'];
  report({ code: 'UNKNOWN_NODE', severity: 'error', at, message, ...(suggestion !== undefined && { suggestion }) });
};
