import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  code,
  constant,
  join,
  literal,
  member,
  name,
  objectLiteral,
  renderFunction,
  toFunction,
  value,
} from './index.ts';
import type { Code, Hole } from './index.ts';
import { sourceAt } from './source-at.ts';

const run = (expression: Hole): unknown =>
  toFunction<() => unknown>({ params: [], body: code`return ${expression};` })();

describe('code', () => {
  it('gives names of one hint different identifiers', () => {
    const [a, b] = [name('x'), name('x')];
    const sum = toFunction<(a: number, b: number) => number>({ params: [a, b], body: code`return ${a} - ${b};` });
    expect(sum(5, 3)).toBe(2);
  });

  it('takes any text as a hint, reserved words too', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('class', 'await', '', '9', 'a`b', '*/')),
        (hint) => {
          const one = name(hint);
          const twice = toFunction<(n: number) => number>({
            name: hint,
            params: [one],
            body: code`return ${one} * 2;`,
          });
          expect(twice(4)).toBe(8);
          expect(run(constant(hint, hint))).toBe(hint);
        },
      ),
    );
  });

  it('refuses text in a hole, whatever the types say', () => {
    expect(() => code`return ${'process.exit()' as unknown as Code}`).toThrow('use constant()');
    expect(() => code`return ${{ toString: () => '1' } as unknown as Code}`).toThrow(TypeError);
  });

  it('refuses a template that was made by hand', () => {
    expect(() => code(['return 1'] as unknown as TemplateStringsArray)).toThrow('template literals only');
  });

  it('refuses the sign that keeps names apart from text', () => {
    expect(() => code`let a$1 = 0;`).toThrow('"$"');
  });

  it('gives back every literal as it was', () => {
    const data = fc.oneof(
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0),
    );
    fc.assert(
      fc.property(data, (given) => {
        expect(run(value(given))).toBe(given);
        expect(run(code`[${value(given)}, 0][0]`)).toBe(given);
      }),
    );
    for (const text of ['\u2028\u2029', '</script>', '`${1}`', "'; process.exit(); '", '\\', '\n']) {
      expect(run(literal(text))).toBe(text);
    }
  });

  it('keeps operators apart from signs', () => {
    expect(run(code`1 - ${-1}`)).toBe(2);
    expect(run(code`1 -${-0}`)).toBe(1);
    expect(run(code`2n -${-3n}`)).toBe(5n);
    expect(run(code`-${-2}`)).toBe(2);
  });

  it('reads and builds properties of any name without reaching a prototype', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'class', 'a b')),
        (key) => {
          const built = run(objectLiteral([[key, 1]])) as object;
          expect(Object.entries(built)).toEqual([[key, 1]]);
          expect(Object.getPrototypeOf(built)).toBe(Object.prototype);
          expect(run(member(constant(Object.assign(Object.create(null), built)), key))).toBe(1);
        },
      ),
    );
  });
});

describe('constants', () => {
  it('hand a value over once, by identity', () => {
    const table = new Map([['a', 1]]);
    const body = code`return [${constant(table)}, ${constant(table, 'other')}];`;
    const rendered = renderFunction({ params: [], body });
    expect([...rendered.constants.values()]).toEqual([table]);
    const [first, second] = toFunction<() => unknown[]>({ params: [], body })();
    expect(first).toBe(table);
    expect(second).toBe(table);
  });
});

it('hands over -0 as itself', () => {
  expect(run(code`[${constant(0)}, ${constant(-0)}]`)).toEqual([0, -0]);
});

describe('functions', () => {
  it('keep what their setup declares', () => {
    const count = name('count');
    const next = toFunction<() => number>({
      params: [],
      setup: code`let ${count} = 0;`,
      body: code`return ++${count};`,
    });
    next();
    expect(next()).toBe(2);
  });

  it('run in strict mode', () => {
    expect(() => toFunction({ params: [], body: code`undeclared = 1;` })()).toThrow(ReferenceError);
  });

  it('are indented as they nest', () => {
    const inner = code`
      if (a) {
        b();
      }
    `;
    const outer = code`
      while (true) {
        ${join([inner, code`c();`], '\n')}
      }
    `;
    expect(renderFunction({ name: 'f', params: [], body: outer }).source).toBe(
      [
        '"use strict";',
        'return function f$1() {',
        '  while (true) {',
        '    if (a) {',
        '      b();',
        '    }',
        '    c();',
        '  }',
        '};',
        '',
      ].join('\n'),
    );
  });

  it('say which span of the source a place of the text comes from', () => {
    const left = at({ start: 0, end: 6 }, code`first`);
    const whole = at({ start: 0, end: 15 }, code`${left} + second`);
    const { source, spans } = renderFunction({ params: [], body: code`return ${whole};` });
    expect(sourceAt(spans, source.indexOf('first'))).toEqual({ start: 0, end: 6 });
    expect(sourceAt(spans, source.indexOf('second'))).toEqual({ start: 0, end: 15 });
    expect(sourceAt(spans, source.indexOf('return'))).toBeNull();
  });

  it('may nest a thousand deep', () => {
    const x = name('x');
    let nested: Hole = x;
    for (let i = 0; i < 1000; i++) nested = code`(${nested} + ${i})`;
    expect(toFunction<(x: number) => number>({ params: [x], body: code`return ${nested};` })(1)).toBe(499_501);
  });
});
