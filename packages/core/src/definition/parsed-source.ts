import type { Finding, Path } from '../component/finding.ts';
import type { RangedFinding } from './parse-definition.ts';
import { parseDefinition } from './parse-definition.ts';
import { TextDocument, type Range } from './text-document.ts';

/** A place that a finding points at. */
export interface PlaceInText {
  readonly document: TextDocument;
  readonly range: Range;
}

/** A topology as written, in either form: its plain value, what is wrong with the writing, and a way from a finding to its place. */
export interface ParsedSource {
  /** Undefined where nothing can be read. */
  readonly value: unknown;
  readonly findings: readonly { readonly finding: RangedFinding; readonly place: PlaceInText }[];
  /** Says where a finding points at; values at `secrets` are not shown there. */
  place(finding: Pick<Finding, 'at' | 'on' | 'span'>, secrets: readonly Path[]): PlaceInText;
}

/** Parses the JSON form. */
export function parseText(text: string, file: string): ParsedSource {
  const { value, findings, locate } = parseDefinition(text);
  const plain = new TextDocument(file, text);
  let document: TextDocument | null = null;
  return {
    value,
    findings: findings.map((finding) => ({ finding, place: { document: plain, range: finding.range } })),
    place(finding, secrets) {
      document ??=
        secrets.length === 0
          ? plain
          : new TextDocument(
              file,
              text,
              secrets.map((at) => locate({ at })),
            );
      return { document, range: locate(finding) };
    },
  };
}
