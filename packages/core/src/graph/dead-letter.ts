import type { Encoding } from '../component/encoding.ts';
import type { Finding } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import type { CheckedDefinition } from '../definition/checked-definition.ts';
import { isUnknown } from '../definition/fill-in.ts';
import { validateValue } from '../definition/validate-value.ts';
import { deadLetterEdge } from './error-edge.ts';
import { guardComponent } from './guard-component.ts';
import { resolvePolicies, resolveSink } from './resolve-settings.ts';
import { deadLetterSink } from './topology-graph.ts';
import type { SinkNode } from './topology-graph.ts';

/** Reads and writes bytes as they are. */
const bytesEncoding: Encoding = { codec: 'bytes', options: {}, schema: { kind: 'bytes' } };

/** Makes the sink that `run.deadLetter.topic` stands for; null where there is none. */
export function deadLetterNode(
  definition: CheckedDefinition,
  registry: Registry,
  report: (finding: Finding) => void,
): SinkNode | null {
  const { deadLetter } = definition.run;
  if (deadLetter === undefined || 'sink' in deadLetter) return null;
  const at = ['run', 'deadLetter'];
  const kafka = registry.sink('kafka');
  if (kafka === undefined) {
    const message = 'a dead-letter topic needs the sink "kafka", which is not installed.';
    report({ code: 'UNKNOWN_TYPE', severity: 'error', at, message });
    return null;
  }
  const options = { topic: deadLetter.topic };
  const findings = validateValue(kafka.options, options, at).filter(
    (finding) => !isUnknown(finding.at, definition.unknown),
  );
  for (const finding of findings) report(finding);
  if (findings.length > 0) return null;
  const lower = () =>
    kafka.lower?.(options, {
      node: deadLetterSink,
      inputs: [deadLetterEdge],
      outputs: {},
      expression: () => {
        throw new Error('a dead letter has no expressions');
      },
    }) ?? [];
  const ops = guardComponent({ at, type: 'kafka' }, report, lower);
  if (ops === null) return null;
  return {
    kind: 'sink',
    id: deadLetterSink,
    type: 'kafka',
    options,
    policies: resolvePolicies(undefined, undefined, true),
    ops,
    definition: kafka,
    inputs: [],
    input: deadLetterEdge,
    outputs: {},
    written: deadLetterEdge,
    key: bytesEncoding,
    value: bytesEncoding,
    ...resolveSink({}),
  };
}
