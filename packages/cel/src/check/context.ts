import type { Environment } from '../environment.ts';
import type { Issue } from '../issue.ts';
import type { Node, Span } from '../syntax/node.ts';
import { DYN, ERROR, type CelType } from '../types/cel-type.ts';
import type { CheckedNode } from './checked.ts';
import { pathKey } from './facts.ts';
import { Paths, type Path } from './paths.ts';

/** Holds a variable of a macro or of `cel.bind` while its body is checked. */
export interface Local {
  readonly name: string;
  readonly slot: number;
  readonly type: CelType;
  /** The path of the element or value that it stands for, where it comes from a variable. */
  readonly path: Path | null;
  /** Whether it may hold the error of a `bind`. */
  readonly deferred: boolean;
}

/** Holds what the checker knows at a place of the tree, and collects what it finds. */
export class Context {
  readonly source: string;
  readonly environment: Environment;
  readonly issues: Issue[] = [];
  readonly paths = new Paths();
  locals: readonly Local[] = [];
  macroDepth = 0;
  /** Whether the place is inside the argument of an aggregate. */
  inAggregate = false;
  #slots = 0;
  readonly #pathOfSlot: (Path | null)[] = [];
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

  /** Makes a variable with a number of its own. */
  local(name: string, type: CelType, path: Path | null = null, deferred = false): Local {
    const slot = this.#slots++;
    this.#pathOfSlot[slot] = path;
    return { name, slot, type, path, deferred };
  }

  /** Checks something where variables are known; they hide others of the same name. */
  within<T>(locals: readonly Local[], run: () => T): T {
    const outer = this.locals;
    this.locals = [...outer, ...locals];
    const result = run();
    this.locals = outer;
    return result;
  }

  /** Gives the path that a local stands for. */
  pathOfSlot(slot: number): Path | null {
    return this.#pathOfSlot[slot] ?? null;
  }

  /** Reports an error and gives a node that causes no others; where nothing is checked, a node that fails. */
  error(code: string, message: string, span: Span, suggestion?: string): CheckedNode {
    const { start, end } = span;
    if (this.environment.unchecked === true) return { kind: 'fail', code, message, type: DYN, start, end };
    this.#report('error', code, message, span, suggestion);
    return { kind: 'constant', value: null, type: ERROR, start, end };
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
