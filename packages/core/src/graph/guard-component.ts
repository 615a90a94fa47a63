import type { Finding } from '../component/finding.ts';
import type { CheckedNode } from '../definition/checked-definition.ts';
import { shorten } from '../definition/format-path.ts';

/** Calls a component and turns what it throws into a finding: a mistake in a component must not hide those of the topology. */
export function guardComponent<T>(
  node: Pick<CheckedNode, 'at' | 'type'>,
  report: (finding: Finding) => void,
  run: () => T,
): T | null {
  try {
    return run();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `the component "${node.type}" failed while it was checked: ${shorten(reason, 200)}`;
    report({ code: 'COMPONENT_FAILED', severity: 'error', at: node.at, on: 'key', message });
    return null;
  }
}
