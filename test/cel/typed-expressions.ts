import fc from 'fast-check';
import type { CelType, Environment } from '@headrace/cel';

/** Names of the types that expressions are made of. */
export type TypeName =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'ints'
  | 'strings'
  | 'record'
  | 'dyn'
  | 'int?'
  | 'string?'
  | 'bool?';

const nullable = (of: CelType): CelType => ({ kind: 'nullable', of });
const string: CelType = { kind: 'string' };
const int: CelType = { kind: 'int' };
const double: CelType = { kind: 'double' };
const dyn: CelType = { kind: 'dyn' };
const map = (value: CelType): CelType => ({ kind: 'map', key: string, value });
const list = (element: CelType): CelType => ({ kind: 'list', element });

const inner: CelType & { kind: 'record' } = {
  kind: 'record',
  name: 'Inner',
  fields: new Map<string, CelType>([
    ['x', int],
    ['y', nullable(string)],
    ['constructor', string],
  ]),
};

const outer: CelType = {
  kind: 'record',
  name: 'Outer',
  fields: new Map<string, CelType>([
    ['a', int],
    ['b', string],
    ['c', nullable(double)],
    ['in', nullable(inner)],
    ['own', inner],
    ['all', list(inner)],
  ]),
};

/** The names of the expressions, with a value for each type that they may have. */
const variables: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['b', { kind: 'bool' }],
  ['c', { kind: 'bool' }],
  ['i', int],
  ['j', int],
  ['u', { kind: 'uint' }],
  ['d', double],
  ['f', double],
  ['s', string],
  ['t', string],
  ['e', { kind: 'string', symbols: ['A', 'B', 'C'] }],
  ['raw', { kind: 'bytes' }],
  ['at', { kind: 'timestamp' }],
  ['took', { kind: 'duration' }],
  ['ni', nullable(int)],
  ['ns', nullable(string)],
  ['nb', nullable({ kind: 'bool' })],
  ['ints', list(int)],
  ['strings', list(string)],
  ['gaps', list(nullable(int))],
  ['m', map(int)],
  ['labels', map(nullable(string))],
  ['r', outer],
  ['nr', nullable(outer)],
  ['rs', list(outer)],
  ['v', dyn],
  ['w', dyn],
]);

/** What expressions are checked against: the names, and a record that they may build. */
export const environment: Environment = {
  variables,
  records: new Map([['Inner', { type: inner, defaults: new Map<string, unknown>([['x', 7]]) }]]),
};

const bigInt = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -4, max: 12 }).map(BigInt) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)) },
);
const toValue = (exact: bigint): number | bigint => (Number.isSafeInteger(Number(exact)) ? Number(exact) : exact);
const anInt = bigInt.map(toValue);
const aDouble = fc.oneof(fc.constantFrom(0, -0, 1, 1.5, -2.25, NaN, Infinity, 2 ** 53, 1e300), fc.double());
const aString = fc.constantFrom(
  '',
  'a',
  'ab',
  'A',
  'B',
  'vip-1',
  '\u{1f600}',
  '\uff5e',
  'a\u{1f600}b',
  '12',
  '1.5',
  'true',
);
const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { freq: 3 });

const anInner = fc.record({ x: anInt, y: orNull(aString), constructor: aString });
const anOuter = fc.record({
  a: anInt,
  b: aString,
  c: orNull(aDouble),
  in: orNull(anInner),
  own: anInner,
  all: fc.array(anInner, { maxLength: 3 }),
});
const aDyn: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    anInt,
    aDouble,
    aString,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'x', '__proto__', 'constructor'), tie('value'), { noNullPrototype: false }),
    fc.uint8Array({ maxLength: 2 }).map((bytes) => new Uint8Array(bytes)),
  ),
})).value;

/** Makes values for all of the variables. */
export const records: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record({
  b: fc.boolean(),
  c: fc.boolean(),
  i: anInt,
  j: anInt,
  u: fc.oneof(fc.nat(9), fc.constantFrom(2n ** 64n - 1n, 2n ** 63n)),
  d: aDouble,
  f: aDouble,
  s: aString,
  t: aString,
  e: fc.constantFrom('A', 'B', 'C'),
  raw: fc.uint8Array({ maxLength: 3 }).map((bytes) => new Uint8Array(bytes)),
  at: fc.constantFrom(0, 1_767_225_600_000, 1_767_225_600_000.25, -62_135_596_800_000, 253_402_300_799_999),
  took: fc.constantFrom(0, 1000, -90_000, 3_600_000, 0.5),
  ni: orNull(anInt),
  ns: orNull(aString),
  nb: orNull(fc.boolean()),
  ints: fc.array(anInt, { maxLength: 4 }),
  strings: fc.array(aString, { maxLength: 4 }),
  gaps: fc.array(orNull(anInt), { maxLength: 3 }),
  m: fc.dictionary(fc.constantFrom('a', 'b', 'x'), anInt, { noNullPrototype: false }),
  labels: fc.dictionary(fc.constantFrom('a', 'b', 'x'), orNull(aString)),
  r: anOuter,
  nr: orNull(anOuter),
  rs: fc.array(anOuter, { maxLength: 2 }),
  v: aDyn,
  w: aDyn,
});

/** The forms of each type: `<int>` stands for an expression of that type, `$` for a fresh name that its macro binds. */
const forms: Readonly<Record<TypeName, readonly string[]>> = {
  bool: [
    'optional.of(<int>) == nr.?a', 'nr.?in.?x.hasValue()', 'r.?in.?y.orValue(<string>) == <string>', '<ints>.exists($, $2, $ < $2)', '<ints>.all($, $2, <int> / $2 > $)', 'm.exists($, $2, $ == <string> && $2 > <int>)', 'cel.bind($, <int> / <int>, <bool> || $ > 1)', 'type(<dyn>) == type(<dyn>)', 'type(<int>) == int', 'has(r.?in.x)', '<dyn>.?a == optional.none()', '<bool> == <dyn>',
    'true', 'false', 'b', 'c', 'b', 'c',
    '<int> < <int>', '<int> >= <double>', '<double> < <double>', '<string> < <string>', '<uint> <= <int>', '<bool> > <bool>',
    '<timestamp> < <timestamp>', '<duration> > <duration>', '<bytes> < <bytes>', '<dyn> < <int>', '<dyn> <= <dyn>',
    '<int> == <int>', '<int> != <double>', '<string> == <string>', '<string?> == <string>', '<int?> != <int>', '<int?> == <int?>',
    '<double> == <double>', '<ints> == <ints>', '<strings> != <strings>', '<record> == <record>', '<dyn> == <dyn>', '<dyn> != <int>',
    '<bytes> == <bytes>', '<string?> != null', 'null == <int?>', '<uint> == <int>', 'nr == null', 'nr.in != null', '<bool?> == <bool>',
    '<int> in [1, 2, 3]', '<int> in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]', '<string> in ["a", "ab"]', '<string?> in ["a", null]', 'e in ["A", "C"]',
    '<double> in [0.0, 1.5]', '<int> in <ints>', '<string> in m', '<dyn> in [1, 2]', '<dyn> in <dyn>', '<int> in []', '<double> in [0, 1]',
    '<bool> && <bool>', '<bool> || <bool>', '<bool> && <bool>', '<bool> || <bool>', '<bool> && <bool> && <bool>', '!<bool>', '<bool> ? <bool> : <bool>',
    '<bool?> && <bool>', '<dyn> && <bool>', '<dyn> || <dyn>', '!<dyn>',
    'has(nr.in.y)', 'has(r.in)', 'has(v.a)', 'has(v.a.b)', 'has(m.a)', 'has(labels.x)', 'has(ns)', 'has(rs[<int>].in)', 'has(v[<int>])',
    'ns != null && <bool>', 'nr != null && <bool>', 'has(nr.in) && nr.in.x > <int>', 'nr == null || nr.b == <string>', 'ni == null ? <bool> : ni > <int>',
    '<ints>.exists($, $ > <int>)', '<ints>.all($, <int> / $ > 1)', '<ints>.exists_one($, $ == <int>)', '<strings>.exists($, $.startsWith(<string>))',
    '<dyn>.all($, $ == <dyn>)', 'm.exists($, m[$] > <int>)', 'rs.exists($, $.in.x > <int>)', 'rs.all($, $.all.exists($, $.y == <string?>))', 'gaps.all($, $ > <int>)',
    '<string>.startsWith(<string>)', '<string>.contains(<string>)', '<string>.matches("^a.*b?$")', 'bool(<string>)', '<bool> != <bool>',
  ],
  int: [
    'nr.?a.orValue(<int>)', 'r.?in.?x.orValue(<int>)', '<ints>[?<int>].orValue(<int>)', 'cel.bind($, <int>, $ + $)', 'cel.bind($, <int> / <int>, <bool> ? $ : <int>)', 'nr.?in.optMap($, $.x).orValue(<int>)', 'm[?<string>].orValue(<int>)', '<ints>.transformMap($, $2, $2 > <int>, $2).size()', '<int> + size(<dyn>)',
    '0', '1', '2', '-3', '7', '9223372036854775807', '9007199254740992', 'i', 'j', 'i', 'j', 'ni', 'r.a', 'nr.a', 'r.own.x', 'nr.in.x',
    '<int> + <int>', '<int> - <int>', '<int> * <int>', '<int> / <int>', '<int> % <int>', '<int> * 2 + 1', '<int> % 10', '<int> / 3', '-(<int>)',
    '<bool> ? <int> : <int>', 'size(<string>)', '<ints>.size()', 'size(m)', 'size(<bytes>)', 'int(<double>)', 'int(<string>)', 'int(<uint>)', 'int(<dyn>)',
    '<ints>[<int>]', 'm["a"]', 'm.b', 'm[<string>]', 'gaps[0]', 'coalesce(<int?>, <int>)', '<timestamp>.getFullYear()', '<duration>.getSeconds()',
    '<string>.indexOf(<string>)', 'rs[<int>].a', 'rs[0].all[0].x', 'ni == null ? <int> : ni',
  ],
  uint: ['0u', '3u', 'u', '<uint> + <uint>', '<uint> - <uint>', '<uint> * 2u', '<uint> / <uint>', '<uint> % 3u', 'uint(<int>)', 'uint(<double>)'],
  double: [
    '0.0', '1.5', '-2.25', 'd', 'f', 'd', 'r.c', '<double> + <double>', '<double> - <double>', '<double> * <double>', '<double> / <double>', '-(<double>)',
    'double(<int>)', 'double(<string>)', 'double(<dyn>)', '<bool> ? <double> : <double>', 'double(<uint>)', 'math.floor(<double>)', 'coalesce(r.c, <double>)',
  ],
  string: [
    'nr.?b.orValue(<string>)', 'nr.?in.?y.or(optional.of(<string>)).value()', 'cel.bind($, <string>, $ + <string> + $)', 'r.?in.optFlatMap($, $.?y).orValue(<string>)',
    '"a"', '"ab"', '"\\U0001F600"', '""', 's', 't', 'e', 's', 'r.b', 'nr.b', 'r.own.constructor', '<string> + <string>', 'string(<int>)', 'string(<double>)',
    'string(<bool>)', 'string(<bytes>)', '<string>.substring(<int>)', '<string>.lowerAscii()', '<string>.replace("a", <string>)', '<strings>.join(<string>)',
    '<strings>[<int>]', '<string>.charAt(<int>)', '<bool> ? <string> : <string>', 'coalesce(<string?>, <string>)', 'string(<timestamp>)', 'string(<duration>)',
    'string(<dyn>)', 'ns', 'labels.a == null ? <string> : labels.a', 'rs[0].own.constructor', 'string(<uint>)',
  ],
  bytes: ['b"a"', 'b"\\xff"', 'raw', '<bytes> + <bytes>', 'bytes(<string>)', '<bool> ? <bytes> : <bytes>'],
  timestamp: ['at', 'timestamp(0)', 'timestamp("2026-01-01T00:00:00Z")', 'millis(<int>)', '<timestamp> + <duration>', '<timestamp> - <duration>', 'timestamp(<string>)'],
  duration: ['took', 'duration("90s")', '<timestamp> - <timestamp>', '<duration> + <duration>', '-(<duration>)', 'duration(<string>)'],
  ints: [
    '<ints>.transformList($, $2, $ + $2)', '<ints>.transformList($, $2, $2 > <int>, $)', '[?nr.?a, <int>]', '<ints>.sortBy($, -$)', '[<int>, ?<ints>[?<int>]]',
    '[]', '[1, 2, 3]', '[<int>, <int>]', 'ints', 'ints', '<ints> + <ints>', '<ints>.map($, $ * <int>)', '<ints>.filter($, $ > <int>)', '<ints>.map($, $ > <int>, $ + 1)',
    'rs.map($, $.a)', '<strings>.map($, size($))', '<bool> ? <ints> : <ints>', '[[<int>], <ints>][<int>]', 'ints.map($, ints.filter($, $ != <int>).size())',
  ],
  strings: [
    '[?r.?in.?y, <string>]', 'm.transformList($, $2, $)', '<strings>.sortBy($, $)','["a", "b"]', 'strings', '<strings> + [<string>]', '<strings>.filter($, $ != <string>)', '<ints>.map($, string($))', '<string>.split("a")'],
  record: ['r', 'nr', 'r', 'rs[<int>]', '<bool> ? r : nr'],
  dyn: [
    '{?"a": nr.?in.?y, "b": <int>}', '<ints>.transformMap($, $2, $2 + 1)', 'm.transformMap($, $2, string($2))', 'm.transformMapEntry($, $2, {$ + "x": $2})', 'nr.?in', 'r.?in.?y', '<dyn>.?a', '<dyn>[?<int>]', 'type(<dyn>)', 'optional.of(<dyn>)', '<dyn>.transformList($, $2, $2)', '<dyn>.transformMap($, $2, $2)', 'Inner{x: <int>, constructor: <string>}', 'Inner{?x: nr.?a, ?y: r.?in.?y, constructor: "c"}', '<dyn>.?a.or(<dyn>.?b)', 'cel.bind($, <dyn>, [$, $])',
    'v', 'w', 'v', 'w', '<dyn>.a', '<dyn>["a"]', '<dyn>[<int>]', '<dyn>.b', '<dyn> + <dyn>', '<dyn> + <int>', '<dyn> * <dyn>', '-(<dyn>)', 'dyn(<int>)', 'dyn(<double>)',
    'dyn(<string>)', '<bool> ? <dyn> : <dyn>', '[<int>, <string>]', '{"a": <dyn>, "b": <int>}', '{<string>: <int>}', '<dyn>.map($, $)', '<dyn>.filter($, $ != <dyn>)',
    '<dyn> - 1', '<dyn> / <dyn>', '<dyn> % 2', '{"a": <ints>}.a', '[<dyn>, <bool>][<int>]', 'dyn(<uint>)', 'dyn(<timestamp>)',
  ],
  'int?': ['null', 'ni', 'ni', '<int>', 'gaps[<int>]', '<bool> ? <int> : null', 'r.in == null ? null : r.in.x', 'coalesce(ni, null)'],
  'string?': ['null', 'ns', 'ns', '<string>', 'labels["a"]', 'labels.x', 'r.in.y', 'nr.in.y', 'labels[<string>]', '<bool> ? null : <string>'],
  'bool?': ['nb', 'nb', '<bool>', '<bool> ? null : <bool>'],
}; // prettier-ignore

/** Makes texts of expressions that are nearly always well typed, of all types. */
export const expressions: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(forms) as TypeName[]), 'bool' as const, 'bool' as const, 'bool' as const),
    fc.integer({ min: 1, max: 4 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([type, depth, choices]) => write(type, depth, choices, []));

function write(type: TypeName, depth: number, choices: Iterator<number>, locals: readonly string[]): string {
  const plain = forms[type].filter((text) => !/<[a-z]+\??>|\$/.test(text));
  const options = depth === 0 ? plain : forms[type];
  const form = options[next(choices) % options.length]!;
  const name = `x${locals.length}`;
  const binds = form.includes('$');
  const inside = binds ? [...locals, name] : locals;
  return form
    .replaceAll('$2', () => `${name}b`)
    .replaceAll('$', () => name)
    .replaceAll(/<([a-z]+\??)>/g, (_, wanted: TypeName) => {
      // Now and then the variable of a macro around; the checker says whether it fits.
      if (inside.length > 0 && next(choices) % 4 === 0) return inside[next(choices) % inside.length]!;
      const text = write(wanted, depth - 1, choices, locals);
      return /^[\w.]+$/.test(text) ? text : `(${text})`;
    });
}

function next(choices: Iterator<number>): number {
  return choices.next().value as number;
}
