import type { Environment } from '../environment.ts';
import type { Issue } from '../issue.ts';
import type { Node, Span } from '../syntax/node.ts';
import { ERROR, type CelType } from '../types/cel-type.ts';
import type { CheckedNode } from './checked.ts';
import { pathKey } from './facts.ts';
import { Paths } from './paths.ts';

/** Holds a variable of a macro while its body is checked. */
export interface Local {
  readonly name: string;
  readonly slot: number;
  readonly type: CelType;
}

/** Holds what the checker knows at a place of the tree, and collects what it finds. */
export class Context {
  readonly source: string;
  readonly environment: Environment;
  readonly issues: Issue[] = [];
  readonly paths = new Paths();
  locals: readonly Local[] = [];
  slots = 0;
  #narrowed: ReadonlySet<string> = new Set();

  readonly #check: (context: Context, node: Node) => CheckedNode;

  constructor(source: string, environment: Environment, checkNode: (context: Context, node: Node) => CheckedNode) {
    this.#check = checkNode;
    this.source = source;
    this.environment = environment;
  }

  /** Checks a node whose value is used; files that check one kind of node reach the others through this. */
  value(node: Node): CheckedNode {
    return this.#check(this, node);
  }

  /** Reports an error and gives a node that causes no others. */
  error(code: string, message: string, span: Span, suggestion?: string): CheckedNode {
    this.#report('error', code, message, span, suggestion);
    return { kind: 'constant', value: null, type: ERROR, start: span.start, end: span.end };
  }

  /** Reports what is allowed but likely to be a mistake. */
  warn(code: string, message: string, span: Span, suggestion?: string): void {
    this.#report('warning', code, message, span, suggestion);
  }

  /** Checks something where the nodes of some paths are known not to be null. */
  knowing<T>(facts: Iterable<string>, run: () => T): T {
    const before = this.#narrowed;
    this.#narrowed = new Set([...before, ...facts]);
    const result = run();
    this.#narrowed = before;
    return result;
  }

  /** Tells whether a node is a path that is known not to be null here. */
  isPresent(node: CheckedNode): boolean {
    const key = pathKey(node);
    return key !== null && this.#narrowed.has(key);
  }

  /** Gives the text of a node as the author wrote it. */
  textOf(span: Span): string {
    return this.source.slice(span.start, span.end);
  }

  #report(severity: Issue['severity'], code: string, message: string, span: Span, suggestion?: string): void {
    const { start, end } = span;
    this.issues.push({ code, severity, message, start, end, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}
