import { join, dirname } from 'node:path';
import type { Finding, Path } from '../component/finding.ts';
import type { CheckedDefinition } from '../definition/checked-definition.ts';
import { formatPath } from '../definition/format-path.ts';
import { locatedFinding } from '../definition/locate-finding.ts';
import type { LocatedFinding } from '../definition/located-finding.ts';
import type { ParsedSource, PlaceInText } from '../definition/parsed-source.ts';
import { TextDocument } from '../definition/text-document.ts';

/** Gives each finding its line, column and excerpt, in the order of the file; secrets are not shown. */
export function locateFindings(
  findings: readonly Finding[],
  parsed: ParsedSource,
  definition: CheckedDefinition | null,
  file: string,
): LocatedFinding[] {
  const secrets = definition?.secrets ?? [];
  // Of a number that cannot be kept nothing else is worth saying.
  const unreadable = new Set(
    parsed.findings
      .filter(({ finding: { code } }) => code === 'NUMBER_OUT_OF_RANGE')
      .map(({ finding }) => finding.path),
  );
  const written = parsed.findings.map(({ finding, place }) => locatedFinding(finding, finding.path, place));
  const located = findings
    .filter(({ at }) => !unreadable.has(formatPath(at)))
    .map((finding) => {
      const place = originOf(finding, definition, file) ?? parsed.place(finding, secrets);
      return locatedFinding(finding, formatPath(finding.at), place);
    });
  return withoutRepeats([...written, ...located]).sort(byPlace(file));
}

// An expression in a file that several nodes share has its mistakes once.
function withoutRepeats(findings: readonly LocatedFinding[]): LocatedFinding[] {
  const said = new Set<string>();
  return findings.filter(({ code, file, line, column, message }) => {
    const identity = JSON.stringify([code, file, line, column, message]);
    return !said.has(identity) && said.add(identity);
  });
}

// A span inside an expression that lies in a file of its own is a place in that file.
function originOf(finding: Finding, definition: CheckedDefinition | null, file: string): PlaceInText | null {
  const range = finding.span;
  if (range === undefined) return null;
  const origin = definition?.origins.get(JSON.stringify(finding.at satisfies Path));
  return origin === undefined
    ? null
    : { document: new TextDocument(join(dirname(file), origin.file), origin.text), range };
}

function byPlace(file: string) {
  return (a: LocatedFinding, b: LocatedFinding) => {
    if (a.file !== b.file) return a.file === file ? -1 : b.file === file ? 1 : a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  };
}
