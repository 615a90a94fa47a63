import type { Finding, Path } from '../component/finding.ts';
import type { EdgeType } from '../types/edge-type.ts';

const taken = ['record', 'params', 'error', 'key', 'value', 'headers', 'timestamp', 'topic', 'partition', 'offset'];

/** Tells whether a name that an author gives to something is neither that of a field nor of the record itself; reports where it is. */
export function isFreeName(
  name: string,
  { value }: EdgeType,
  at: Path,
  on: 'key' | 'value',
  report: (finding: Finding) => void,
): boolean {
  const isField = value.kind === 'record' && value.fields.some((field) => field.name === name);
  if (!isField && !taken.includes(name)) return true;
  const message = `the name "${name}" is taken by ${isField ? 'a field of the record' : 'the record itself'}.`;
  report({ code: 'NAME_TAKEN', severity: 'error', at, on, message });
  return false;
}
