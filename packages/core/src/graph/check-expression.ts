import { check, formatType, nonNull } from '@headrace/cel';
import type { CelType, Checked, Issue } from '@headrace/cel';
import type { ExpressionOptions, ExpressionText } from '../component/contexts.ts';
import type { Finding, Path } from '../component/finding.ts';
import type { UserFunction } from '../component/user-function.ts';
import { celEnvironment } from '../types/cel-environment.ts';
import type { EdgeType, ValueType } from '../types/edge-type.ts';

/** What checking an expression needs to know besides its text. */
export interface ExpressionScope {
  readonly edge: EdgeType;
  /** The node or nodes that the records come from, quoted, for messages. */
  readonly origin: string;
  readonly parameters: ReadonlyMap<string, CelType>;
  /** Schemas of the topology whose records may be built, besides those of the edge. */
  readonly schemas: readonly ValueType[];
}

/** Checks an expression and gives its findings, each with the span inside the text that is wrong. */
export function checkExpression(
  at: Path,
  text: Exclude<ExpressionText, UserFunction>,
  scope: ExpressionScope,
  options: ExpressionOptions = {},
): { checked: Checked | null; findings: Finding[] } {
  const source = typeof text === 'string' ? text : text.join('\n');
  const environment = celEnvironment(scope.edge, scope.parameters, options.variables, scope.schemas);
  const { checked, issues } = check(source, environment);
  const findings = withoutEchoes(issues).map((issue) => toFinding(reword(issue, source, scope), at, text));
  const mismatch = checked === null ? null : typeMismatch(checked, options.expected ?? 'any', at.at(-1));
  if (mismatch !== null) findings.push(toFinding(mismatch, at, text));
  return { checked: findings.some(({ severity }) => severity === 'error') ? null : checked, findings };
}

// Of a value that has no place where it stands it does not matter that it may be null.
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const errors = issues.filter(({ severity }) => severity === 'error');
  return issues.filter(
    ({ severity, start, end }) =>
      severity === 'error' || !errors.some((error) => error.start === start && error.end === end),
  );
}

const elsewhere: ReadonlyMap<string, string> = new Map([
  ['error', 'behind a port "error"'],
  ['left', 'in a join'],
  ['right', 'in a join'],
]);

// The checker knows names and types; only the graph knows whose records they are of.
function reword(issue: Issue, source: string, { edge, origin }: ExpressionScope): Issue {
  const name = source.slice(issue.start, issue.end);
  // Its message has both spellings already.
  if (issue.code === 'AMBIGUOUS_NAME') return withoutSuggestion(issue);
  const where = elsewhere.get(name);
  if (issue.code === 'UNKNOWN_NAME' && where !== undefined)
    return withoutSuggestion({ ...issue, message: `"${name}" is known only ${where}.` });
  if (issue.code === 'UNKNOWN_NAME' && issue.message.startsWith('name ') && edge.value.kind === 'record')
    return { ...issue, code: 'UNKNOWN_FIELD', message: `field "${name}" does not exist on the records of ${origin}.` };
  if (issue.code !== 'UNKNOWN_FIELD') return issue;
  const owner = /([A-Za-z_][\w.]*)\s*\.\s*$/.exec(source.slice(0, issue.start))?.[1];
  if (owner === 'params')
    return { ...issue, code: 'UNKNOWN_PARAMETER', message: `the parameter "${name}" is not declared.` };
  if (owner === 'record.value' || owner === 'value')
    return { ...issue, message: `field "${name}" does not exist on the records of ${origin}.` };
  return owner === undefined ? issue : { ...issue, message: `field "${name}" does not exist on "${owner}".` };
}

function withoutSuggestion({ code, severity, message, start, end }: Issue): Issue {
  return { code, severity, message, start, end };
}

function typeMismatch(
  checked: Checked,
  expected: NonNullable<ExpressionOptions['expected']>,
  key: string | number | undefined,
): Issue | null {
  const { type, source } = checked;
  if (expected === 'any' || type.kind === 'dyn' || type.kind === expected) return null;
  const what = typeof key === 'string' ? `"${key}"` : 'this place';
  const span = { start: 0, end: source.length };
  if (type.kind === 'nullable' && (nonNull(type).kind === expected || nonNull(type).kind === 'dyn')) {
    const message = `the expression may give null, and null is no ${expected}: such a record fails.`;
    return { code: 'NULLABLE_OPERAND', severity: 'warning', message, ...span };
  }
  const message = `${what} needs ${expected}, but the expression gives ${formatType(type)}.`;
  const issue: Issue = { code: 'EXPRESSION_TYPE', severity: 'error', message, ...span };
  if (expected === 'timestamp' && nonNull(type).kind === 'int')
    issue.suggestion = 'Time is made of a number by millis(…) or micros(…).';
  if (expected === 'string' && type.kind !== 'nullable') issue.suggestion = 'Text is made of a value by string(…).';
  return issue;
}

function toFinding(issue: Issue, at: Path, text: Exclude<ExpressionText, UserFunction>): Finding {
  const { code, severity, message, suggestion, start, end } = issue;
  const place = typeof text === 'string' ? { at, span: { start, end } } : placeInLines(at, text, start, end);
  return { code, severity, message, ...(suggestion !== undefined && { suggestion }), ...place };
}

function placeInLines(at: Path, lines: readonly string[], start: number, end: number) {
  let before = 0;
  for (const [index, line] of lines.entries()) {
    if (start <= before + line.length || index === lines.length - 1) {
      const from = Math.min(start - before, line.length);
      return { at: [...at, index], span: { start: from, end: Math.min(Math.max(end - before, from), line.length) } };
    }
    before += line.length + 1;
  }
  return { at };
}
