import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from './parse.ts';
import { childrenOf, type Node } from './node.ts';

function treeOf(source: string): Node {
  const { tree, issues } = parse(source);
  expect(issues).toEqual([]);
  return tree!;
}

// Prints a tree with all its parentheses.
function show(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return node.type === 'string'
        ? JSON.stringify(node.value)
        : node.type === 'bytes'
          ? `b${String(node.value)}`
          : String(node.value);
    case 'name':
      return node.name;
    case 'member':
      return `${show(node.target)}.${mark(node.optional)}${node.name}`;
    case 'index':
      return `${show(node.target)}[${mark(node.optional)}${show(node.index)}]`;
    case 'call':
      return `${node.target === null ? '' : `${show(node.target)}.`}${node.name}(${node.args.map(show).join(',')})`;
    case 'unary':
      return `(${node.operator}${show(node.operand)})`;
    case 'binary':
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
    case 'logical':
      return `(${node.operands.map(show).join(` ${node.operator} `)})`;
    case 'conditional':
      return `(${show(node.test)} ? ${show(node.whenTrue)} : ${show(node.whenFalse)})`;
    case 'list':
      return `[${node.elements.map((element, i) => mark(node.optionals.includes(i)) + show(element)).join(',')}]`;
    case 'map':
      return `{${node.entries.map(({ key, value, optional }) => `${mark(optional)}${show(key)}:${show(value)}`).join(',')}}`;
    case 'message':
      return `${node.name}{${node.fields.map(({ name, value, optional }) => `${mark(optional)}${name}:${show(value)}`).join(',')}}`;
  }
}

const mark = (optional: boolean): string => (optional ? '?' : '');

describe('parse', () => {
  it.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['a - b - c', '((a - b) - c)'],
    ['a-1', '(a - 1)'],
    ['-1', '-1'],
    ['- 1', '-1'],
    ['--1', '(--1)'],
    ['-a.b', '(-a.b)'],
    ['!a && !!b', '((!a) && (!(!b)))'],
    ['a || b && c || d', '(a || (b && c) || d)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['a in [1, 2,] == true', '((a in [1,2]) == true)'],
    ['a.b.c(d)[e].f', 'a.b.c(d)[e].f'],
    ['{"a": 1, b: [2]}', '{"a":1,b:[2]}'],
    ['Geo{country: "ZZ"}', 'Geo{country:"ZZ"}'],
    ['a.b.Geo{}', 'a.b.Geo{}'],
    ['.a.b', 'a.b'],
    ['a.?b.c[?d][0]', 'a.?b.c[?d][0]'],
    ['[?a, b, ?c]', '[?a,b,?c]'],
    ['{?a: b, c: d}', '{?a:b,c:d}'],
    ['Geo{?city: a, `in`: b,}', 'Geo{?city:a,in:b}'],
    ['a ?b :c', '(a ? b : c)'],
    ['a.package + `b-c`.`d e`', '(a.package + b-c.d e)'],
    ['0x1F + 5u + 1.5e3 + .5', '(((31 + 5) + 1500) + 0.5)'],
    ['a // comment\n + b', '(a + b)'],
    ['-9223372036854775808', '-9223372036854775808'],
    [`'a' "b" `.slice(0, 3), '"a"'],
    [String.raw`'\n\x41\u00e9\U0001F600\101\\\''`, JSON.stringify("\nAé😀A\\'")],
    [String.raw`r'\n'`, JSON.stringify('\\n')],
    [`"""a"b\n'c"""`, JSON.stringify(`a"b\n'c`)],
    [String.raw`b'\xffé\303'`, 'b255,195,169,195'],
    [String.raw`rb'\x'`, 'b92,120'],
  ])('reads %s', (source, expected) => {
    expect(show(treeOf(source))).toBe(expected);
  });

  it.each<[string, string, number, number]>([
    ['', 'SYNTAX_ERROR', 0, 0],
    ['a +', 'SYNTAX_ERROR', 3, 3],
    ['a = 1', 'SYNTAX_ERROR', 2, 3],
    ['a b', 'SYNTAX_ERROR', 2, 3],
    ['"abc', 'SYNTAX_ERROR', 0, 1],
    ["'a\nb'", 'SYNTAX_ERROR', 0, 1],
    [String.raw`'\q'`, 'SYNTAX_ERROR', 1, 3],
    [String.raw`'\ud800'`, 'SYNTAX_ERROR', 1, 3],
    ['9223372036854775808', 'SYNTAX_ERROR', 0, 19],
    ['18446744073709551616u', 'SYNTAX_ERROR', 0, 21],
    ['1e999', 'SYNTAX_ERROR', 0, 5],
    ['12abc', 'SYNTAX_ERROR', 0, 3],
    ['f(a,)', 'SYNTAX_ERROR', 4, 5],
    ['package == 1', 'SYNTAX_ERROR', 0, 7],
    ['(a', 'SYNTAX_ERROR', 2, 2],
    ['a ? b', 'SYNTAX_ERROR', 5, 5],
    ['`a${b}`', 'SYNTAX_ERROR', 0, 1],
    [String.raw`\u0061 == 1`, 'SYNTAX_ERROR', 0, 1],
    ['a'.repeat(10_001), 'EXPRESSION_TOO_LONG', 0, 10_001],
  ])('refuses %s', (source, code, start, end) => {
    const { tree, issues } = parse(source);
    expect(tree).toBeNull();
    expect(issues).toMatchObject([{ code, severity: 'error', start, end }]);
  });

  it('says what to write instead of a single sign', () => {
    expect(parse('a = 1').issues[0]?.suggestion).toBe('==');
    expect(parse('a & b').issues[0]?.suggestion).toBe('&&');
  });

  it.each([
    ['parentheses', '('.repeat(4000) + '1' + ')'.repeat(4000)],
    ['lists', '['.repeat(4000) + ']'.repeat(4000)],
    ['minus signs', '-'.repeat(9000) + 'a'],
    ['exclamation marks', '!'.repeat(9000) + 'a'],
    ['sums', '1' + '+1'.repeat(4000)],
    ['fields', 'a' + '.a'.repeat(4000)],
    ['conditionals', 'a?a:'.repeat(2000) + 'a'],
    ['indexes', 'a[0]'.repeat(1) + '[0]'.repeat(3000)],
    ['maps', '{1:'.repeat(2000) + '1' + '}'.repeat(2000)],
    ['messages', 'a{b:'.repeat(1500) + '1' + '}'.repeat(1500)],
    ['optional indexes', 'a[?'.repeat(2000) + '1' + ']'.repeat(2000)],
    ['bindings', 'cel.bind(x,1,'.repeat(700) + 'x' + ')'.repeat(700)],
    ['calls', 'f('.repeat(3000) + ')'.repeat(3000)],
  ])('refuses %s that are nested too deep', (_, source) => {
    expect(parse(source).issues[0]?.code).toBe('EXPRESSION_TOO_DEEP');
    expect(parse(source).tree).toBeNull();
  });

  it('refuses an expression of too many parts', () => {
    expect(parse(`[${'!a,'.repeat(3300)}]`).issues[0]?.code).toBe('EXPRESSION_TOO_LARGE');
  });

  it('refuses a hundred thousand parentheses', () => {
    expect(parse('('.repeat(100_000)).issues[0]?.code).toBe('EXPRESSION_TOO_LONG');
  });

  it('takes a long chain of conditions', () => {
    expect(parse(Array.from({ length: 1000 }, (_, i) => `a${i}`).join(' || ')).tree).not.toBeNull();
  });

  it('gives every node a place that holds its children', () => {
    const source = 'a.b(c[1], {"k": -x}) ? [1, 2] == y : !(z && "s" in w)';
    const stack = [treeOf(source)];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      expect(node.start).toBeLessThan(node.end);
      for (const child of childrenOf(node)) {
        expect(child.start).toBeGreaterThanOrEqual(node.start);
        expect(child.end).toBeLessThanOrEqual(node.end);
        stack.push(child);
      }
    }
  });

  it('never throws, whatever the text', () => {
    const word = fc.constantFrom(
      ...'( ) [ ] { } . , ? : + - * / % ! && || == < in a b1 "x" \' """ 1 0x 1.5 1e r" b\' \\ ` // \n 😀'.split(' '),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
      fc.array(word).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { tree, issues } = parse(source);
        expect(tree === null).toBe(issues.length > 0);
        for (const { start, end } of issues) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(source.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
