import type { Issue } from '../issue.ts';
import { limits } from '../limits.ts';
import { childrenOf, type Node } from './node.ts';
import { Parser, tooDeep } from './parser.ts';
import { SyntaxFault } from './syntax-fault.ts';
import { tokenize } from './tokenize.ts';

/** Reads the text of an expression into its tree. Never throws: what is wrong with the text is an issue. */
export function parse(source: string): { tree: Node | null; issues: readonly Issue[] } {
  if (source.length > limits.length) {
    const message = `the expression has ${source.length} characters; at most ${limits.length} are allowed.`;
    return failed({ code: 'EXPRESSION_TOO_LONG', message, start: 0, end: source.length });
  }
  try {
    const tokens = tokenize(source);
    if (tokens.length === 1) {
      return failed({ code: 'SYNTAX_ERROR', message: 'the expression is empty.', start: 0, end: source.length });
    }
    const tree = new Parser(tokens).whole();
    refuseLarge(tree);
    return { tree, issues: [] };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const { code, message, span, suggestion } = error;
    const place = { start: span.start, end: span.end };
    return failed({ code, message, ...place, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

function failed(issue: Omit<Issue, 'severity'>): { tree: null; issues: readonly Issue[] } {
  return { tree: null, issues: [{ ...issue, severity: 'error' }] };
}

// Chains such as `a + b + c` and `a.b.c` are read in loops, but grow trees as deep as they are long.
function refuseLarge(tree: Node): void {
  const stack: { node: Node; depth: number }[] = [{ node: tree, depth: 1 }];
  let count = 0;
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, depth } = top;
    if (++count > limits.nodes) {
      const message = `the expression has more than ${limits.nodes} parts.`;
      throw new SyntaxFault(message, node, 'EXPRESSION_TOO_LARGE');
    }
    if (depth > limits.depth) throw tooDeep(node);
    for (const child of childrenOf(node)) stack.push({ node: child, depth: depth + 1 });
  }
}
