import jsonc from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { Finding, Path } from '../component/finding.ts';
import { formatPath, shorten } from './format-path.ts';
import { locateInTree } from './locate-in-tree.ts';
import type { Range } from './text-document.ts';

/** A finding that knows its range in the text. */
export interface RangedFinding {
  readonly code: string;
  readonly severity: 'error';
  readonly path: string;
  readonly message: string;
  readonly range: Range;
}

/** What a text gives: its value (undefined where it cannot be read), what is wrong, and a way from a finding to its range. */
export interface ParsedDefinition {
  readonly value: unknown;
  readonly findings: readonly RangedFinding[];
  readonly locate: (finding: Pick<Finding, 'at' | 'on' | 'span'>) => Range;
}

/** The limits of a topology file: what is beyond them is refused before it is parsed. */
export const definitionLimits = { bytes: 4 * 1024 * 1024, depth: 64 } as const;

/** Keys that reach for prototypes. */
export const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Parses JSON with comments and trailing commas into plain data, keeping the place of everything. */
export function parseDefinition(written: string): ParsedDefinition {
  // A mark of the byte order counts as the blank that it looks like, so that offsets stay true.
  const text = written.startsWith('\uFEFF') ? ` ${written.slice(1)}` : written;
  const refusal = refuseEarly(text);
  if (refusal !== null) return nothing(refusal);
  const errors: ParseError[] = [];
  const tree = jsonc.parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const first = errors[0];
  if (first !== undefined) return nothing(syntaxFinding(text, first));
  if (tree === undefined) return nothing(fault('SYNTAX_ERROR', 'the file is empty.', 0, text.length));
  const findings: RangedFinding[] = [];
  const value = valueOf(tree, [], findings, text);
  return { value, findings, locate: (finding) => locateInTree(tree, text, finding) };
}

// jsonc-parser is recursive: what could exhaust the stack is refused by its scanner, which is not.
function refuseEarly(text: string): RangedFinding | null {
  if (text.length > definitionLimits.bytes || Buffer.byteLength(text) > definitionLimits.bytes)
    return fault('FILE_TOO_LARGE', `the file is larger than ${definitionLimits.bytes / 1024 / 1024} MiB.`, 0, 1);
  const scanner = jsonc.createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const token = scanner.getToken();
    if (token === 17) return null;
    if (token === 1 || token === 3) depth++;
    else if (token === 2 || token === 4) depth--;
    if (depth > definitionLimits.depth)
      return fault(
        'NESTED_TOO_DEEP',
        `objects and lists are nested more than ${definitionLimits.depth} deep.`,
        scanner.getTokenOffset(),
        1,
      );
  }
}

function nothing(finding: RangedFinding): ParsedDefinition {
  return { value: undefined, findings: [finding], locate: () => ({ start: 0, end: 0 }) };
}

function fault(code: string, message: string, start: number, length: number, path: Path = []): RangedFinding {
  return { code, severity: 'error', path: formatPath(path), message, range: { start, end: start + length } };
}

const sentences: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a value nor a sign of JSON.',
  InvalidNumberFormat: 'this number is not written as JSON wants it.',
  PropertyNameExpected: 'a key in double quotes is expected here.',
  ValueExpected: 'a value is expected here.',
  ColonExpected: 'a colon is missing here.',
  CommaExpected: 'a comma is missing here.',
  CloseBraceExpected: 'a closing brace is missing.',
  CloseBracketExpected: 'a closing bracket is missing.',
  EndOfFileExpected: 'the file goes on after its value has ended.',
  UnexpectedEndOfComment: 'a comment is not closed.',
  UnexpectedEndOfString: 'a text is not closed by a double quote.',
  UnexpectedEndOfNumber: 'a number ends too early.',
  InvalidUnicode: 'an escape "\\u" needs four hexadecimal digits.',
  InvalidEscapeCharacter: 'this escape is not one of JSON.',
  InvalidCharacter: 'control characters in a text must be escaped.',
};

function syntaxFinding(text: string, error: ParseError): RangedFinding {
  const empty = text.trim() === '';
  const message = empty
    ? 'the file is empty.'
    : (sentences[jsonc.printParseErrorCode(error.error)] ?? 'this is not JSON.');
  const start = Math.min(error.offset, text.length);
  return fault('SYNTAX_ERROR', message, start, Math.max(1, error.length));
}

function valueOf(node: Node, path: Path, findings: RangedFinding[], text: string): unknown {
  if (node.type === 'array') return (node.children ?? []).map((item, i) => valueOf(item, [...path, i], findings, text));
  if (node.type === 'object') return objectOf(node, path, findings, text);
  if (node.type === 'number') checkNumber(node, path, findings, text);
  return node.value as unknown;
}

function objectOf(node: Node, path: Path, findings: RangedFinding[], text: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children as [Node, Node];
    const key = keyNode.value as string;
    const at = [...path, key];
    if (forbiddenKeys.includes(key)) {
      findings.push(fault('FORBIDDEN_KEY', `the key "${key}" is not allowed.`, keyNode.offset, keyNode.length, path));
    } else if (Object.hasOwn(result, key)) {
      const message = `the key "${shorten(key, 40)}" is written twice.`;
      findings.push(fault('DUPLICATE_KEY', message, keyNode.offset, keyNode.length, path));
    } else result[key] = valueOf(valueNode, at, findings, text);
  }
  return result;
}

function checkNumber(node: Node, path: Path, findings: RangedFinding[], text: string): void {
  const value = node.value as number;
  const written = text.slice(node.offset, node.offset + node.length);
  if (Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(written))) return;
  const message = `the number ${shorten(written, 40)} cannot be kept exactly.`;
  findings.push(fault('NUMBER_OUT_OF_RANGE', message, node.offset, node.length, path));
}
