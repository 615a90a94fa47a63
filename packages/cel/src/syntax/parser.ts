import { limits } from '../limits.ts';
import type { BinaryOperator, EntryNode, FieldNode, Node, Span } from './node.ts';
import { signed } from './read-number.ts';
import { SyntaxFault } from './syntax-fault.ts';
import { reservedWords, type Token } from './token.ts';

const BINARY: Readonly<Record<string, number>> = {
  '<': 1,
  '<=': 1,
  '>=': 1,
  '>': 1,
  '==': 1,
  '!=': 1,
  in: 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '%': 3,
};

/** Reads the tree of an expression from its words by recursive descent, with `limits.depth` as the bottom. */
export class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Reads one expression and nothing after it. */
  whole(): Node {
    const tree = this.#expression();
    if (this.#token.kind !== 'end') this.#unexpected();
    return tree;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  #is(text: string): boolean {
    const token = this.#token;
    return token.text === text && (token.kind === 'punctuation' || (token.kind === 'name' && !token.escaped));
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string, after?: string): Token {
    const token = this.#token;
    if (!this.#take(text)) this.#unexpected(after === undefined ? `"${text}"` : `"${text}" ${after}`);
    return token;
  }

  #unexpected(expected?: string): never {
    const token = this.#token;
    const found = token.kind === 'end' ? token.text : `"${shorten(token.text)}"`;
    const wish = expected === undefined ? '' : `; expected ${expected}`;
    throw new SyntaxFault(`unexpected ${found}${wish}.`, token);
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > limits.depth) throw tooDeep(this.#token);
    const result = read();
    this.#depth--;
    return result;
  }

  #expression(): Node {
    return this.#deeper(() => {
      const test = this.#logical('||');
      if (!this.#take('?')) return test;
      const whenTrue = this.#logical('||');
      this.#expect(':', 'of the conditional');
      const whenFalse = this.#expression();
      return { kind: 'conditional', test, whenTrue, whenFalse, start: test.start, end: whenFalse.end };
    });
  }

  #logical(operator: '&&' | '||'): Node {
    const read = (): Node => (operator === '||' ? this.#logical('&&') : this.#binary(1));
    const first = read();
    if (!this.#is(operator)) return first;
    const operands = [first];
    while (this.#take(operator)) operands.push(read());
    return { kind: 'logical', operator, operands, start: first.start, end: operands.at(-1)!.end };
  }

  #binary(level: number): Node {
    if (level > 3) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#token.kind !== 'literal' && isBinary(this.#token.text, level) && this.#is(this.#token.text)) {
      const operator = this.#token.text as BinaryOperator;
      this.#at++;
      const right = this.#binary(level + 1);
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #unary(): Node {
    const token = this.#token;
    if (token.kind !== 'punctuation' || (token.text !== '!' && token.text !== '-')) return this.#postfix(null);
    this.#at++;
    const next = this.#token;
    if (
      token.text === '-' &&
      next.kind === 'literal' &&
      (next.literal.type === 'int' || next.literal.type === 'double')
    ) {
      return this.#postfix(token.start);
    }
    const operand = this.#deeper(() => this.#unary());
    return { kind: 'unary', operator: token.text as '!' | '-', operand, start: token.start, end: operand.end };
  }

  #postfix(minusAt: number | null): Node {
    let node = this.#primary(minusAt);
    for (;;) {
      if (this.#take('.')) node = this.#member(node);
      else if (this.#take('[')) {
        const target = node;
        const optional = this.#take('?');
        const index = this.#expression();
        node = { kind: 'index', target, index, optional, start: target.start, end: this.#expect(']').end };
      } else {
        const name = this.#is('{') ? dottedName(node) : null;
        if (name === null) return node;
        node = this.#message(name, node);
      }
    }
  }

  #member(target: Node): Node {
    const optional = this.#take('?');
    const token = this.#token;
    if (token.kind !== 'name') this.#unexpected('the name of a field or function');
    this.#at++;
    const nameSpan: Span = { start: token.start, end: token.end };
    if (optional || token.escaped || !this.#take('(')) {
      return { kind: 'member', target, name: token.text, nameSpan, optional, start: target.start, end: token.end };
    }
    const args = this.#args();
    return { kind: 'call', target, name: token.text, nameSpan, args, start: target.start, end: this.#expect(')').end };
  }

  #args(): Node[] {
    const args: Node[] = [];
    if (this.#is(')')) return args;
    do args.push(this.#expression());
    while (this.#take(','));
    return args;
  }

  #list(): Node {
    const { start } = this.#expect('[');
    const elements: Node[] = [];
    const optionals: number[] = [];
    while (!this.#is(']')) {
      if (this.#take('?')) optionals.push(elements.length);
      elements.push(this.#expression());
      if (!this.#take(',')) break;
    }
    return { kind: 'list', elements, optionals, start, end: this.#expect(']', 'that closes the list').end };
  }

  #primary(minusAt: number | null): Node {
    const token = this.#token;
    if (token.kind === 'literal') {
      this.#at++;
      return signed(token.literal, minusAt);
    }
    if (this.#take('(')) {
      const inner = this.#expression();
      // The parentheses belong to the place, so that what is quoted from the source is balanced.
      return { ...inner, start: token.start, end: this.#expect(')', 'that closes the parenthesis').end };
    }
    if (this.#is('[')) return this.#list();
    if (this.#is('{')) return this.#map();
    const absolute = this.#take('.');
    return this.#name(token.start, absolute);
  }

  #name(start: number, absolute: boolean): Node {
    const token = this.#token;
    if (token.kind !== 'name') this.#unexpected('a value');
    if (!token.escaped && !absolute) {
      if (token.text === 'true' || token.text === 'false') {
        this.#at++;
        return { kind: 'literal', type: 'bool', value: token.text === 'true', start, end: token.end };
      }
      if (token.text === 'null') {
        this.#at++;
        return { kind: 'literal', type: 'null', value: null, start, end: token.end };
      }
    }
    if (!token.escaped && token.text === 'in') this.#unexpected('a value');
    if (!token.escaped && reservedWords.has(token.text)) {
      const message = `"${token.text}" is a reserved word; write the name in back-ticks.`;
      throw new SyntaxFault(message, token, 'SYNTAX_ERROR', `\`${token.text}\``);
    }
    this.#at++;
    if (token.escaped || !this.#take('(')) return { kind: 'name', name: token.text, absolute, start, end: token.end };
    const args = this.#args();
    const nameSpan: Span = { start: token.start, end: token.end };
    return { kind: 'call', target: null, name: token.text, nameSpan, args, start, end: this.#expect(')').end };
  }

  #map(): Node {
    const { start } = this.#expect('{');
    const entries: EntryNode[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?');
      const key = this.#expression();
      this.#expect(':', 'after the key');
      entries.push({ key, value: this.#expression(), optional });
      if (!this.#take(',')) break;
    }
    return { kind: 'map', entries, start, end: this.#expect('}', 'that closes the map').end };
  }

  #message({ name, absolute }: DottedName, { start, end }: Span): Node {
    this.#expect('{');
    const fields: FieldNode[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?');
      const token = this.#token;
      if (token.kind !== 'name') this.#unexpected('the name of a field');
      this.#at++;
      this.#expect(':', 'after the name of the field');
      const nameSpan: Span = { start: token.start, end: token.end };
      fields.push({ name: token.text, nameSpan, value: this.#expression(), optional });
      if (!this.#take(',')) break;
    }
    const close = this.#expect('}', 'that closes the message');
    return { kind: 'message', name, absolute, nameSpan: { start, end }, fields, start, end: close.end };
  }
}

/** Makes the fault of a tree that is too deep. */
export function tooDeep(span: Span): SyntaxFault {
  const message = `the expression is nested more than ${limits.depth} levels deep.`;
  return new SyntaxFault(message, { start: span.start, end: span.end }, 'EXPRESSION_TOO_DEEP');
}

interface DottedName {
  readonly name: string;
  /** Whether a dot stands before it. */
  readonly absolute: boolean;
}

// A chain of names is as long as the author likes: no recursion here.
function dottedName(node: Node): DottedName | null {
  const names: string[] = [];
  let at = node;
  while (at.kind === 'member' && !at.optional) {
    names.push(at.name);
    at = at.target;
  }
  return at.kind === 'name' ? { name: [at.name, ...names.toReversed()].join('.'), absolute: at.absolute } : null;
}

function isBinary(text: string, level: number): boolean {
  return Object.hasOwn(BINARY, text) && BINARY[text] === level;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
