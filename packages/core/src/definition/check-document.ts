import type { TSchema } from 'typebox';
import type { LocatedFinding } from './located-finding.ts';
import { locatedFinding } from './locate-finding.ts';
import { formatPath } from './format-path.ts';
import { parseText } from './parsed-source.ts';
import { validateValue } from './validate-value.ts';
import type { Finding } from '../component/finding.ts';

/** A document of JSON that was read and checked. */
export interface CheckedDocument {
  /** Undefined where it cannot be read. */
  readonly value: unknown;
  readonly findings: readonly LocatedFinding[];
  /** Says where in the file a place of the value stands. */
  locate(finding: Finding): LocatedFinding;
}

/** Reads JSON with comments and checks it by a schema, with positions: for files beside topologies, such as tests. */
export function checkDocument(schema: TSchema, text: string, file: string): CheckedDocument {
  const parsed = parseText(text, file);
  const locate = (finding: Finding) => locatedFinding(finding, formatPath(finding.at), parsed.place(finding, []));
  const written = parsed.findings.map(({ finding, place }) => locatedFinding(finding, finding.path, place));
  const found = parsed.value === undefined ? [] : validateValue(schema, parsed.value, []).map(locate);
  return { value: parsed.value, findings: [...written, ...found], locate };
}
