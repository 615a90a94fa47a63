import { formatFinding, HeadraceError } from '@headrace/core';
import type { LocatedFinding } from '@headrace/core';

/** Says that a topology is not valid, with all its findings at once. */
export class TopologyError extends HeadraceError {
  readonly findings: readonly LocatedFinding[];

  constructor(file: string, findings: readonly LocatedFinding[]) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    super('INVALID_TOPOLOGY', ['The topology is not valid.', ...errors.map(formatFinding)].join('\n'), {
      place: { file },
    });
    this.name = 'TopologyError';
    this.findings = findings;
  }
}
