import type { Span } from './node.ts';

/** Stops the parser at the first thing it cannot read; `parse` turns it into an issue. */
export class SyntaxFault extends Error {
  readonly code: string;
  readonly span: Span;
  readonly suggestion: string | undefined;

  constructor(message: string, span: Span, code = 'SYNTAX_ERROR', suggestion?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.suggestion = suggestion;
  }
}
