import { code, literal, name, objectLiteral, renderFunction, sourceAt, toFunction, type Code } from '@headrace/codegen';
import { describe, expect, it } from 'vitest';
import { check } from '../check/check.ts';
import type { Checked } from '../check/checked.ts';
import { BOOL, DOUBLE, INT, STRING, listOf, type CelType } from '../types/cel-type.ts';
import { emit, emitter, type GroupMember } from './emitter.ts';
import { generated, generatedDefinition } from './generated.ts';
import type { PathCode } from './path-code.ts';
import { readsOf } from './reads-of.ts';

const address: CelType = {
  kind: 'record',
  name: 'Address',
  fields: new Map<string, CelType>([
    ['city', STRING],
    ['zip', { kind: 'nullable', of: STRING }],
  ]),
};
const types = new Map<string, CelType>([
  ['paid', BOOL],
  ['amount', DOUBLE],
  ['quantity', INT],
  ['country', STRING],
  ['home', { kind: 'nullable', of: address }],
  ['work', address],
  ['tags', listOf(STRING)],
]);
const checked = (source: string, more: readonly (readonly [string, CelType])[] = []): Checked => {
  const { checked: tree, issues } = check(source, { variables: new Map([...types, ...more]) });
  if (tree === null) throw new Error(JSON.stringify(issues));
  return tree;
};

const record = name('record');
const reads = name('reads');
const inPlace: PathCode = {
  typed: true,
  read: (path) => code`(${reads}.push(${literal(path.join('.'))}), ${place(path)})`,
  isNull: (path) => code`(${place(path)} == null)`,
};
const place = ([first, ...rest]: readonly string[]): Code =>
  rest.reduce((target, step) => code`${target}?.[${literal(step)}]`, code`${record}[${literal(first!)}]`);

interface Run {
  readonly value: unknown;
  readonly reads: readonly string[];
}

function run(source: string, values: object): Run {
  const { declarations, statements, value } = emit(checked(source), inPlace);
  const body = code`
    ${declarations}
    ${statements}
    return ${value};
  `;
  const seen: string[] = [];
  const result = toFunction<(values: object, seen: string[]) => unknown>({ params: [record, reads], body })(
    values,
    seen,
  );
  return { value: result, reads: seen };
}

const values = {
  paid: false,
  amount: 2.5,
  quantity: 4,
  country: 'DE',
  home: null,
  work: { city: 'Ulm', zip: null },
  tags: ['a', 'b'],
};

describe('reading', () => {
  it('leaves alone what the result does not hang on', () => {
    expect(run('paid && country == "DE"', values)).toEqual({ value: false, reads: ['paid'] });
    expect(run('paid || country == "DE"', values)).toEqual({ value: true, reads: ['paid', 'country'] });
    expect(run('paid ? amount : double(quantity)', values)).toEqual({ value: 4, reads: ['paid', 'quantity'] });
    expect(run('home != null && home.city == country', values)).toEqual({ value: false, reads: [] });
  });

  it('evaluates what it uses often once, in macros too', () => {
    expect(run('amount * amount > 1.0 && amount < 9.0', values)).toEqual({ value: true, reads: ['amount'] });
    expect(run('tags.all(t, t < country && t != country)', values).reads).toEqual(['tags', 'country']);
    expect(run('(paid ? country : "") + country', values)).toEqual({ value: 'DE', reads: ['paid', 'country'] });
    expect(run('(paid ? "" : country) + country', values)).toEqual({ value: 'DEDE', reads: ['paid', 'country'] });
  });

  it('goes as deep as the expression does, and asks for null without the value', () => {
    expect(readsOf([checked('home != null && home.city == "x" && has(work.zip)')])).toEqual({
      read: [['home', 'city']],
      tested: [['work', 'zip']],
    });
    expect(readsOf([checked('work == work || work.city == ""')])).toEqual({ read: [['work']], tested: [] });
    expect(run('has(home.zip) || has(work.zip)', values)).toEqual({ value: false, reads: [] });
    expect(run('work.city', values)).toEqual({ value: 'Ulm', reads: ['work.city'] });
    expect(() => run('home.city', values)).toThrow('the value is null');
  });

  it('uses names of the environment as they are', () => {
    const known = name('known');
    const { declarations, value } = emit(checked('amount + amount'), { typed: true, read: () => known });
    const source = renderFunction({ params: [known], body: code`${declarations}return ${value};` }).source;
    expect(source).toContain('return (known$1 + known$1);');
  });
});

describe('a group of expressions', () => {
  const members: GroupMember[] = [
    { checked: checked('amount * double(quantity) > 1.0') },
    { checked: checked('amount * double(quantity)'), as: 'total' },
    { checked: checked('total > 9.0 ? "big" : "small"', [['total', DOUBLE]]) },
    { checked: checked('amount * double(quantity) + 1.0') },
  ];
  const group = emitter(members, inPlace);
  const [test, total, size, more] = members.map((member) => group.emit(member));
  const result = objectLiteral([
    ['total', total!.value],
    ['size', size!.value],
    ['more', more!.value],
  ]);
  const body = code`
    ${group.declarations()}
    ${test!.statements}
    if (!${test!.value}) return null;
    ${total!.statements}
    ${size!.statements}
    ${more!.statements}
    return ${result};
  `;
  const project = toFunction<(values: object, seen: string[]) => unknown>({ params: [record, reads], body });

  it('shares what it reads and what is equal, and knows the names that it gave', () => {
    const seen: string[] = [];
    expect(project(values, seen)).toEqual({ total: 10, size: 'big', more: 11 });
    expect(seen).toEqual(['amount', 'quantity']);
    expect(renderFunction({ params: [record, reads], body }).source.match(/ \* /g)).toHaveLength(1);
    expect(project({ ...values, quantity: 0 }, [])).toBeNull();
  });

  it('takes nothing for read that a branch has read', () => {
    const inside = checked('country + "x"');
    const after = checked('country + "y"');
    const apart = emitter([{ checked: inside }, { checked: after }], inPlace);
    const first = apart.branch(() => apart.emit({ checked: inside }));
    const second = apart.emit({ checked: after });
    const both = toFunction<(values: object, seen: string[]) => unknown>({
      params: [record, reads],
      body: code`
        ${apart.declarations()}
        if (${record}.paid) return ${first.value};
        return ${second.value};
      `,
    });
    expect([both(values, []), both({ ...values, paid: true }, [])]).toEqual(['DEy', 'DEx']);
  });

  it('gives each member the rounds of its own', () => {
    const source = checked('tags.all(t, tags.all(u, t != "x" || u != "x"))');
    const other = checked('tags.exists(t, tags.exists(u, t == "x" && u == "x"))');
    const twice = emitter([{ checked: source }, { checked: other }], inPlace);
    const [one, two] = [twice.emit({ checked: source }), twice.emit({ checked: other })];
    const evaluate = toFunction<(values: object, seen: string[]) => unknown>({
      params: [record, reads],
      body: code`
        ${twice.declarations()}
        ${one.statements}
        ${two.statements}
        return ${one.value} !== ${two.value};
      `,
    });
    // 810,000 rounds each, of a million.
    expect(evaluate({ tags: Array.from({ length: 899 }, () => 'a') }, [])).toBe(true);
  });
});

describe('the text', () => {
  it('knows which part of the expression it comes from', () => {
    const { source, spans } = renderFunction(
      generatedDefinition(checked('quantity > 1 && country.lowerAscii() == "de"')),
    );
    expect(sourceAt(spans, source.indexOf('lowerAscii'))).toEqual({ start: 16, end: 36 });
    expect(sourceAt(spans, source.indexOf('> 1'))).toEqual({ start: 0, end: 12 });
  });

  it('holds long lists and functions as constants', () => {
    const list = Array.from({ length: 20 }, (_, i) => `"c${String(i)}"`).join(', ');
    const { source, constants } = renderFunction(
      generatedDefinition(checked(`country in [${list}] && country.matches("^c[0-9]$")`)),
    );
    expect(source).not.toContain('c19');
    expect([...constants.values()].some((one) => one instanceof Set && one.size === 20)).toBe(true);
  });

  it('folds what is constant, and leaves what fails to its place', () => {
    const { source } = renderFunction(generatedDefinition(checked('quantity > 2 * 3 + 1 || 1 / 0 > 1')));
    expect(source).toContain('> 7');
    expect(source).toContain('divide');
  });
});

describe('calls', () => {
  it.each([
    ['regex.replace(s, "b+", "x")', 'axc'],
    ['regex.replace(s, "[bc]", "x", 1)', 'axbc'],
    ['regex.extract(s, "b+").value()', 'bb'],
    ['s.replace("b", "x", 1)', 'axbc'],
    ['s.indexOf("b", 2)', 2],
  ])('hand over all arguments: %s', (source, expected) => {
    const { checked } = check(source, { variables: new Map([['s', { kind: 'string' }]]) });
    expect(generated(checked!)(() => 'abbc')).toBe(expected);
  });
});
