import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CelError, check, generated, interpreter, type CelType } from '@headrace/cel';
import { afterEach, describe, expect, it } from 'vitest';
import { generatedOverFields, type Values } from './back-ends.ts';

const names = Object.getOwnPropertyNames(Object.prototype).toSorted();
const descriptors = JSON.stringify(Object.getOwnPropertyDescriptors(Object.prototype));
const workspace = fileURLToPath(new URL('../../', import.meta.url));

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(names);
  expect(JSON.stringify(Object.getOwnPropertyDescriptors(Object.prototype))).toBe(descriptors);
  expect((globalThis as { reached?: unknown }).reached).toBeUndefined();
});

const dyn: CelType = { kind: 'dyn' };
const string: CelType = { kind: 'string' };

type Outcome = { readonly value: unknown } | { readonly code: string };

// Through the checker and every back end; what is no error of the expression fails the test.
function outcomes(source: string, values: Values, types: Readonly<Record<string, CelType>> = {}): readonly Outcome[] {
  const variables = new Map(Object.keys(values).map((name) => [name, types[name] ?? dyn]));
  const { checked, issues } = check(source, { variables });
  if (checked === null) return [{ code: issues.find(({ severity }) => severity === 'error')!.code }];
  const scope = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
  const runs = [
    () => interpreter(checked)(scope),
    () => generated(checked)(scope),
    () => generatedOverFields(checked)(values),
  ];
  return runs.map((run) => {
    try {
      return { value: run() };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      return { code: error.code };
    }
  });
}

const inherited = Object.getOwnPropertyNames(Object.prototype).concat('prototype', 'call', 'apply', 'bind');

describe('no way leads to a prototype, a constructor or the generated scope', () => {
  it.each(inherited)('not by the name %s', (name) => {
    const [a, b] = [name.slice(0, 3), name.slice(3)];
    for (const source of [`v.${name}`, `v["${name}"]`, `v["${a}" + "${b}"]`, `v.a.${name}`, `l[0].${name}`]) {
      for (const outcome of outcomes(source, { v: { a: {} }, l: [{}] }))
        expect(outcome).toEqual({ code: 'NO_SUCH_KEY' });
    }
    for (const source of [`has(v.${name}) || "${name}" in v || v.?${name}.hasValue()`, `v[?"${name}"].hasValue()`]) {
      for (const outcome of outcomes(source, { v: {} })) expect(outcome).toEqual({ value: false });
    }
    for (const source of [`s.${name}`, `s.${name}()`, `n.${name}`, `f.${name}`, `s["${name}"]`]) {
      for (const outcome of outcomes(source, { s: 'x', n: 1, f: [] }, { s: string }))
        expect(outcome).toHaveProperty('code');
    }
    // As a name: unknown to the checker, or nothing but what the scope gives.
    expect(check(name, { variables: new Map() }).checked).toBeNull();
    for (const outcome of outcomes(name, Object.fromEntries([[name, 'own']])))
      expect(outcome).toEqual({ value: 'own' });
  });

  it.each([
    'a.constructor.constructor("globalThis.reached = 1")()',
    'a["con" + "structor"]["con" + "structor"]',
    '[].map.constructor("globalThis.reached = 1")()',
    '"".sub.constructor',
    'a.__proto__.polluted',
    '(1).constructor',
    '[a].map(constructor, constructor.constructor)',
    '[1].map(x, x)["constructor"]',
    '{}.constructor',
    '{"a": 1}.__proto__.polluted',
    'type(a).constructor',
    'cel.bind(constructor, a, constructor.constructor)',
  ])('not by %s', (source) => {
    for (const outcome of outcomes(source, { a: {} })) expect(outcome).toHaveProperty('code');
  });

  it('not by a field of an optional or its value', () => {
    for (const outcome of outcomes('optional.of(a).constructor.hasValue()', { a: {} })) {
      expect(outcome).toEqual({ value: false });
    }
    for (const outcome of outcomes('optional.of(a).value', { a: {} })) expect(outcome).toEqual({ value: null });
  });

  it.each([
    'this',
    'globalThis',
    'process',
    'require("fs")',
    'import("fs")',
    'arguments',
    'eval("1")',
    'Function("1")()',
    'scope$1',
    'scope',
    'constant$1',
    'undefined',
    'NaN',
    'Object',
  ])('not by the name %s of the host', (source) => {
    expect(check(source, { variables: new Map([['a', dyn]]) }).checked).toBeNull();
  });

  it.each([
    '`${globalThis.reached = 1}`',
    '"${globalThis.reached = 1}"',
    "'\\u0027 + (globalThis.reached = 1) + \\u0027'",
    '"\\u2028globalThis.reached = 1"',
    '"*/ globalThis.reached = 1 /*"',
    '"</script><script>globalThis.reached = 1"',
    'a.`x"]; globalThis.reached = 1; //`',
    '"\\x22; globalThis.reached = 1; \\x22"',
    '{"a\\"]: (globalThis.reached = 1), [\\"b": 1}',
    'a.b // \\n globalThis.reached = 1',
    '\\u0061.b',
    'a.\\u0062',
  ])('not by the text %s', (source) => {
    for (const outcome of outcomes(source, { a: { b: 1 } })) {
      if ('value' in outcome && typeof outcome.value === 'string') expect(outcome.value).toContain('reached');
    }
  });

  it.each(['__proto__', 'a$1', 'evaluate$1', 'a b', '"', '`', '${x}', '\u2028', 'class', 'await', '1'])(
    'not by a variable or field of the name %j',
    (name) => {
      const values = Object.fromEntries([[name, Object.fromEntries([[name, 'own']])]]) as Values;
      const quoted = `\`${name}\``;
      for (const outcome of outcomes(`${quoted}.${quoted}`, values)) {
        if ('value' in outcome) expect(outcome.value).toBe('own');
      }
      const text = JSON.stringify(name);
      for (const outcome of outcomes(`v[${text}]`, { v: Object.fromEntries([[name, 'own']]) })) {
        expect(outcome).toEqual({ value: 'own' });
      }
    },
  );
});

describe('records', () => {
  it('with names of the prototype keep them as values, and built maps have none', () => {
    const v: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "valueOf": 4}');
    const source = 'v.__proto__.x + v.constructor + v.toString + v.valueOf';
    for (const outcome of outcomes(source, { v })) expect(outcome).toEqual({ value: 10 });
    for (const outcome of outcomes('{"__proto__": {"polluted": v}, "constructor": 1}', { v: 1 })) {
      const built = (outcome as { value: object }).value;
      expect(Object.getPrototypeOf(built)).toBeNull();
      expect(Object.keys(built)).toEqual(['__proto__', 'constructor']);
    }
    for (const outcome of outcomes('{v: 1}["__proto__"]', { v: '__proto__' })) expect(outcome).toEqual({ value: 1 });
    for (const outcome of outcomes('[v].transformMapEntry(i, x, {x: i})', { v: '__proto__' }, { v: string })) {
      expect(Object.getPrototypeOf((outcome as { value: object }).value)).toBeNull();
    }
  });

  const trap = (): never => {
    throw new Error('A method of the record was called.');
  };
  const hostile = { toString: trap, valueOf: trap, toJSON: trap, [Symbol.toPrimitive]: trap, [Symbol.iterator]: trap };

  it.each([
    'v + 1',
    'v + "a"',
    '1 + v',
    'v < 1',
    'v == 1',
    'v == v',
    'v in [1, 2]',
    'v in ["a", null]',
    'v in [1,2,3,4,5,6,7,8,9,10]',
    'string(v)',
    'int(v)',
    'double(v)',
    '-v',
    '!v',
    'v ? 1 : 2',
    'v && true',
    '[1][v]',
    '{"a": 1}[v]',
    '{v: 1}',
    'v.all(x, x == 1)',
    'size(v)',
    's + v',
    's.contains(v)',
    'v in v',
    '[v, v] == [v, 1]',
    'timestamp(v)',
    '{"a": v} == {"a": 1}',
  ])('with hostile methods never have them called: %s', (source) => {
    for (const value of [hostile, Object.assign(Object.create(null) as object, hostile)]) {
      expect(() => outcomes(source, { v: value, s: 'x' }, { s: string })).not.toThrow();
    }
  });

  it('that inherit give nothing of it', () => {
    class Order {
      get secret(): string {
        throw new Error('A getter was called.');
      }
    }
    const types: Record<string, CelType> = {
      r: { kind: 'record', name: 'Order', fields: new Map([['secret', { kind: 'nullable', of: string }]]) },
    };
    for (const source of ['v.secret', 'v["secret"]']) {
      for (const outcome of outcomes(source, { v: new Order() })) expect(outcome).toEqual({ code: 'NO_SUCH_KEY' });
    }
    const { checked } = check('r.secret == null', { variables: new Map(Object.entries(types)) });
    expect(generated(checked!)(() => new Order())).toBe(true);
    expect(interpreter(checked!)(() => new Order())).toBe(true);
  });
});

// Each is one evaluation in a process that is killed at about 20 times the usual second.
describe('an expression that would take for ever', () => {
  const many = '[0,1,2,3,4,5,6,7,8,9].map(a,0)';
  it.each([
    ['10^5 nested parentheses', `${'('.repeat(100_000)}1${')'.repeat(100_000)}`],
    ['10^5 nested lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['10^5 signs', `${'-'.repeat(100_000)}1`],
    ['10^5 operators', `1${'+1'.repeat(100_000)}`],
    ['a tree as deep as is allowed', `${'('.repeat(200)}1${')'.repeat(200)}`],
    ['a sum as long as is allowed', `v${'+1'.repeat(240)}`],
    ['a chain of operands that fail', Array(200).fill('1/0>v').join('||')],
    ['macros in macros', 'l.all(a, l.all(b, l.all(c, a+b+c >= 0)))'],
    ['lists that double', `cel.bind(a, ${many}+l, cel.bind(b, a+a, cel.bind(c, b+b, size(c+c))))`],
    ['text that grows', 'l.map(x, s.replace("x", s)).join(s)'],
    ['a pattern that a search tree cannot end', 's.matches("^(x+x+)+y$")'],
    ['a sort of everything by everything', 'l.sortBy(x, l.map(y, x * y).size()).size()'],
    ['a number beyond all doubles', '1e309 > 9223372036854775807 && -9223372036854775808 - v < 0'],
  ])('ends: %s', (_, source) => {
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ['--import', './scripts/source-loader.mjs', 'test/cel/evaluate-hostile.ts'],
      { cwd: workspace, input: source, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
    );
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });
});
