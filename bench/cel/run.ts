// Measures expressions beside hand-written JavaScript and the libraries of npm: `pnpm bench:cel`. CPU time, rounds in turn, medians.
import { check, emit, emitter, generated, interpreter, type CelType, type Checked } from '@headrace/cel';
import { code, member, name, objectLiteral, toFunction, type Code } from '@headrace/codegen';
import { libraries } from './libraries.ts';

interface Order {
  readonly amount: number;
  readonly qty: number;
  readonly userId: number;
  readonly country: string;
  readonly id: string;
  readonly tags: readonly string[];
}

const int: CelType = { kind: 'int' };
const string: CelType = { kind: 'string' };
const types = new Map<string, CelType>([
  ['amount', { kind: 'double' }],
  ['qty', int],
  ['userId', int],
  ['country', string],
  ['id', string],
  ['tags', { kind: 'list', element: string }],
]);

const orders: readonly Order[] = Array.from({ length: 1024 }, (_, i) => ({
  amount: ((i * 7919) % 2000) / 8,
  qty: i % 9,
  userId: 10_000 + i * 31,
  country: ['DE', 'FR', 'US', 'GB', 'PL'][i % 5]!,
  id: `ord-${String(i)}`,
  tags: [`a${String(i % 7)}`, `vip-${String(i % 3)}`, 'x'],
}));

// What libraries for which an int is a bigint are given.
const big = orders.map((order) => ({
  ...order,
  qty: BigInt(order.qty),
  userId: BigInt(order.userId),
})) as unknown as readonly Order[];

const record = name('record');
const inPlace = { typed: true, read: ([first]: readonly string[]): Code => member(record, first!) };

function checked(source: string): Checked {
  const result = check(source, { variables: types }).checked;
  if (result === null) throw new Error(`"${source}" is wrong.`);
  return result;
}

function compiled(source: string): (order: Order) => unknown {
  const { declarations, statements, value } = emit(checked(source), inPlace);
  const body = code`
    ${declarations}
    ${statements}
    return ${value};
  `;
  return toFunction<(order: Order) => unknown>({ params: [record], body });
}

function interpreted(source: string): (order: Order) => unknown {
  const run = interpreter(checked(source));
  return (order) => run((field) => order[field as keyof Order]);
}

const projection: Readonly<Record<string, string>> = {
  id: 'id',
  total: 'amount * double(qty)',
  big: 'amount > 100.0',
  region: 'country in ["DE", "FR", "PL"] ? "eu" : "other"',
  bucket: 'userId % 100',
};

function compiledProjection(): (order: Order) => unknown {
  const members = Object.values(projection).map((source) => ({ checked: checked(source) }));
  const group = emitter(members, inPlace);
  const parts = members.map((one) => group.emit(one));
  const result = objectLiteral(Object.keys(projection).map((field, i) => [field, parts[i]!.value]));
  const statements = parts.map((part) => part.statements);
  const body = code`
    ${group.declarations()}
    ${statements.reduce((a, b) => code`${a}${b}`)}
    return ${result};
  `;
  return toFunction<(order: Order) => unknown>({ params: [record], body });
}

type Run = (order: Order) => unknown;
type Subject = readonly [name: string, run: Run, records?: readonly Order[]];

interface Case {
  readonly title: string;
  readonly subjects: readonly Subject[];
}

const cases: readonly Case[] = [
  expressionCase('amount > 100.0 && country in ["DE", "FR"]', ({ amount, country }) => {
    return amount > 100 && (country === 'DE' || country === 'FR');
  }),
  expressionCase('qty * 3 + 1 > 10 && userId % 100 < 50', ({ qty, userId }) => qty * 3 + 1 > 10 && userId % 100 < 50),
  expressionCase('tags.exists(t, t.startsWith("vip-1")) && amount > 100.0', ({ tags, amount }) => {
    return tags.some((tag) => tag.startsWith('vip-1')) && amount > 100;
  }),
  {
    title: 'five fields',
    subjects: [
      ['hand-written', byHand],
      ['one generated function', compiledProjection()],
      ['five generated functions', apart(Object.values(projection).map(compiled))],
      ['interpreter', apart(Object.values(projection).map(interpreted))],
      ...libraries.map(([library, make]): Subject => {
        return [library, apart(Object.values(projection).map((source) => make(source) as Run)), big];
      }),
    ],
  },
];

function expressionCase(source: string, hand: (order: Order) => unknown): Case {
  return {
    title: source,
    subjects: [
      ['hand-written', hand],
      ['generated', compiled(source)],
      ['interpreter', interpreted(source)],
      ...libraries.map(([library, make]): Subject => [library, make(source) as Run, big]),
    ],
  };
}

function byHand({ id, amount, qty, country, userId }: Order): object {
  return {
    id,
    total: amount * qty,
    big: amount > 100,
    region: country === 'DE' || country === 'FR' || country === 'PL' ? 'eu' : 'other',
    bucket: userId % 100,
  };
}

function apart(runs: readonly ((order: Order) => unknown)[]): (order: Order) => unknown {
  const fields = Object.keys(projection);
  return (order) => {
    const result: Record<string, unknown> = {};
    for (let i = 0; i < runs.length; i++) result[fields[i]!] = runs[i]!(order);
    return result;
  };
}

const rounds = 9;
let sink: unknown;

function nanoseconds([, run, records = orders]: Subject, times: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) for (const order of records) sink = run(order);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (times * orders.length);
}

function measure({ title, subjects }: Case): void {
  const plain = (value: unknown): string =>
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
  for (const [subject, run, records = orders] of subjects) {
    for (const [i, order] of orders.entries()) {
      if (plain(run(records[i]!)) !== plain(subjects[0]![1](order)))
        throw new Error(`${subject} gives something else.`);
    }
  }
  const repeats = subjects.map((subject) => {
    nanoseconds(subject, 20);
    return Math.max(2, Math.round(40e6 / (nanoseconds(subject, 20) * orders.length)));
  });
  const results: number[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, subject] of subjects.entries()) results[i]!.push(nanoseconds(subject, repeats[i]!));
  }
  const medians = results.map((all) => all.toSorted((a, b) => a - b)[(rounds - 1) / 2]!);
  console.log(`\n| \`${title}\` | ns | times hand-written |\n| --- | --: | --: |`);
  for (const [i, [subject]] of subjects.entries()) {
    console.log(`| ${subject} | ${medians[i]!.toFixed(1)} | ${(medians[i]! / medians[0]!).toFixed(2)} |`);
  }
}

function measureCompiling(): void {
  const sources = ['amount > 100.0 && country in ["DE", "FR"]', 'qty * 3 + 1 > 10 && userId % 100 < 50'];
  const makers: readonly (readonly [string, (source: string) => unknown])[] = [
    ['generated', (source) => generated(checked(source))],
    ['interpreter', (source) => interpreter(checked(source))],
    ...libraries,
  ];
  console.log('\n| from text to function | µs |\n| --- | --: |');
  for (const [maker, make] of makers) {
    const times: number[] = [];
    for (let round = 0; round < 60; round++) {
      const before = process.cpuUsage();
      for (const source of sources) sink = make(source);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / sources.length);
    }
    console.log(`| ${maker} | ${times.toSorted((a, b) => a - b)[30]!.toFixed(0)} |`);
  }
}

for (const one of cases) measure(one);
measureCompiling();
// What is computed must be kept, or the engine leaves it out.
if (sink === cases) throw new Error('Never.');
