import type { Finding } from '../component/finding.ts';
import type { LocatedFinding } from './located-finding.ts';
import type { PlaceInText } from './parsed-source.ts';

/** Makes of a finding and its place what its author sees. */
export function locatedFinding(
  finding: Pick<Finding, 'code' | 'severity' | 'message' | 'suggestion'>,
  path: string,
  { document, range }: PlaceInText,
): LocatedFinding {
  const { code, severity, message, suggestion } = finding;
  const { line, column } = document.position(range.start);
  const excerpt = document.excerpt(range);
  const help = suggestion === undefined ? {} : { suggestion };
  return { code, severity, file: document.file, line, column, path, message, ...help, excerpt };
}
