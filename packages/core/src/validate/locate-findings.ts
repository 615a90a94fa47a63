import { join, dirname } from 'node:path';
import type { Finding, Path } from '../component/finding.ts';
import type { CheckedDefinition } from '../definition/checked-definition.ts';
import { formatPath } from '../definition/format-path.ts';
import type { LocatedFinding } from '../definition/located-finding.ts';
import type { ParsedDefinition } from '../definition/parse-definition.ts';
import { TextDocument } from '../definition/text-document.ts';
import type { Range } from '../definition/text-document.ts';
import type { TopologySource } from './check-topology.ts';

/** Gives each finding its line, column and excerpt, in the order of the file; secrets are not shown. */
export function locateFindings(
  findings: readonly Finding[],
  parsed: ParsedDefinition,
  definition: CheckedDefinition | null,
  source: TopologySource,
): LocatedFinding[] {
  const masked = (definition?.secrets ?? []).map((at) => parsed.locate({ at }));
  const document = new TextDocument(source.file, source.text, masked);
  // Of a number that cannot be kept nothing else is worth saying.
  const unreadable = new Set(
    parsed.findings.filter(({ code }) => code === 'NUMBER_OUT_OF_RANGE').map(({ path }) => path),
  );
  const located = findings
    .filter(({ at }) => !unreadable.has(formatPath(at)))
    .map((finding) => {
      const origin = originOf(finding, definition, source.file);
      const range = origin === null ? parsed.locate(finding) : (finding.span as Range);
      return locate(finding, formatPath(finding.at), range, origin ?? document);
    });
  return [...locateRanged(parsed, document), ...located].sort(byPlace(source.file));
}

function locateRanged({ findings }: ParsedDefinition, document: TextDocument): LocatedFinding[] {
  return findings.map((finding) => locate(finding, finding.path, finding.range, document));
}

function locate(
  finding: Pick<Finding, 'code' | 'severity' | 'message' | 'suggestion'>,
  path: string,
  range: Range,
  document: TextDocument,
): LocatedFinding {
  const { code, severity, message, suggestion } = finding;
  const { line, column } = document.position(range.start);
  const excerpt = document.excerpt(range);
  const help = suggestion === undefined ? {} : { suggestion };
  return { code, severity, file: document.file, line, column, path, message, ...help, excerpt };
}

// A span inside an expression that lies in a file of its own is a place in that file.
function originOf(finding: Finding, definition: CheckedDefinition | null, file: string): TextDocument | null {
  if (finding.span === undefined) return null;
  const origin = definition?.origins.get(JSON.stringify(finding.at satisfies Path));
  return origin === undefined ? null : new TextDocument(join(dirname(file), origin.file), origin.text);
}

function byPlace(file: string) {
  return (a: LocatedFinding, b: LocatedFinding) => {
    if (a.file !== b.file) return a.file === file ? -1 : b.file === file ? 1 : a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  };
}
