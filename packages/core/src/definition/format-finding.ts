import type { LocatedFinding } from './located-finding.ts';

/** Prints a finding as one line with its place, code and sentence, then the line of the file and a caret below it. */
export function formatFinding(finding: LocatedFinding): string {
  const { file, line, column, severity, code, excerpt } = finding;
  const number = String(excerpt.line).padStart(5);
  const where = finding.path === '' ? '' : `${finding.path}: `;
  return [
    `${file}:${line}:${column} ${severity} ${code}  ${where}${findingSentence(finding)}`,
    `${number} | ${excerpt.text}`,
    `${' '.repeat(number.length)} | ${' '.repeat(excerpt.caret)}${'^'.repeat(excerpt.length)}`,
  ].join('\n');
}

/** Prints a finding's message and its suggestion: a bare name becomes a question, a sentence stays one. */
export function findingSentence(finding: { readonly message: string; readonly suggestion?: string }): string {
  const message = /[.?!]$/.test(finding.message) ? finding.message : `${finding.message}.`;
  const { suggestion } = finding;
  if (suggestion === undefined || message.includes(`write ${suggestion}`)) return message;
  return `${message} ${/[.?!]$/.test(suggestion) ? suggestion : `Did you mean "${suggestion}"?`}`;
}
