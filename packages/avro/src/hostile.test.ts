import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

interface Row {
  name: string;
  schema: unknown;
  /** Read as the reader's schema. */
  reader?: unknown;
  /** The bytes, or one piece of them and how often it stands. */
  hex?: string;
  times?: number;
  /** Stands before the pieces. */
  head?: string;
  outcome: string;
}

interface Report {
  outcomes: Record<string, string>;
  values: Record<string, string>;
  polluted: boolean;
  megabytes: number;
}

const run = promisify(execFile);
const path = (relative: string): string => new URL(relative, import.meta.url).href;

// Each row goes through every back end: closures, the reader of whole values, the reader of paths, the view.
const CHILD = `
import { createCodec, createResolvingCodec, parseSchema, readerCode, viewOf } from ${JSON.stringify(path('./index.ts'))};
import { resolve } from ${JSON.stringify(path('./resolution.ts'))};
import { eagerRead } from ${JSON.stringify(path('./code/eager-read.ts'))};
import { code, name, toFunction } from ${JSON.stringify(path('../../codegen/src/index.ts'))};
const row = JSON.parse(process.argv[1]);
const viewOn = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const backEnds = {
  codec: (writer, reader, bytes) => createResolvingCodec(writer, reader).decode(bytes, 0, bytes.length),
  eager(writer, reader, bytes) {
    const codec = createResolvingCodec(writer, reader);
    const read = eagerRead(resolve(writer, reader), 'number', true, (...given) => codec.decode(...given));
    return read(bytes, 0, bytes.length);
  },
  reader(writer, reader, bytes) {
    const input = { buffer: name('buffer'), view: name('view'), start: name('start'), end: name('end') };
    const made = readerCode(writer, reader, [[]], input);
    const params = [input.buffer, input.view, input.start, input.end];
    const body = code\`
      \${made.declare}
      \${made.scan}
      return \${made.fields[0].value};
    \`;
    return toFunction({ params, setup: made.setup, body })(bytes, viewOn(bytes), 0, bytes.length);
  },
  view(writer, reader, bytes) {
    const outer = (type) => ({ kind: 'record', name: 'Outer', fields: [{ name: 'inside', type, aliases: [] }] });
    const view = viewOf(outer(writer), outer(reader))();
    view.set(bytes, viewOn(bytes), 0, bytes.length);
    return view.value.inside;
  },
};
const report = { outcomes: {}, values: {} };
for (const [backEnd, decode] of Object.entries(backEnds)) {
  try {
    const writer = parseSchema(typeof row.schema === 'string' && row.schema.startsWith('(') ? (0, eval)(row.schema) : row.schema);
    const bytes = Buffer.from((row.head ?? '') + (row.hex ?? '').repeat(row.times ?? 1), 'hex');
    report.values[backEnd] = JSON.stringify(decode(writer, row.reader ? parseSchema(row.reader) : writer, bytes)).slice(0, 100);
    report.outcomes[backEnd] = 'ok';
  } catch (error) {
    report.outcomes[backEnd] = error.name + ' ' + error.code;
  }
}
report.polluted = Object.keys(Object.prototype).length > 0 || {}.polluted !== undefined;
report.megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify(report));
`;

const BACK_ENDS = ['codec', 'eager', 'reader', 'view'];

/** Says the same of every back end. */
const inAll = (outcome: string): Record<string, string> =>
  Object.fromEntries(BACK_ENDS.map((backEnd) => [backEnd, outcome]));

async function runRow(row: Row, timeout: number): Promise<Report> {
  const loader = path('../../../scripts/source-loader.mjs');
  const flags = ['--conditions=@headrace/source', '--import', loader, '--input-type=module', '-e', CHILD];
  const child = await run(process.execPath, [...flags, '--', JSON.stringify(row)], { timeout, killSignal: 'SIGKILL' });
  return JSON.parse(child.stdout) as Report;
}

const array = (items: unknown): unknown => ({ type: 'array', items });
const record = (...fields: unknown[]): unknown => ({ type: 'record', name: 'R', fields });
const NODE = record({ name: 'next', type: ['null', 'R'] });
const EMPTY = record();
const HARMLESS: Row = { name: 'harmless', schema: array('int'), hex: '020200', outcome: 'ok' };

/** Builds records R0 to Rn, each of two of the one before: 2^n values of the innermost type. */
const doubling = (count: number, inner: string, extra: string): string => `(() => {
  const pair = (name, type, i) => ({ type: 'record', name, fields: ['a', 'b'].map((field) => ({ name: field, type${extra} })) });
  const fields = [];
  for (let i = 0; i < ${count}; i++) fields.push({ name: 'f' + i, type: pair('P' + i, i === 0 ? ${inner} : 'P' + (i - 1), i) });
  return { type: 'record', name: 'Top', fields: fields };
})()`;

const ROWS: Row[] = [
  { name: 'array<int> of 3e7 in 4 bytes', schema: array('int'), hex: '8087ce1c', outcome: 'AvroError TOO_MANY_ITEMS' },
  {
    name: 'array<int> of 2e8 in 5 bytes',
    schema: array('int'),
    hex: '8088debe01',
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  {
    name: 'array<int> of 1e9 in 5 bytes',
    schema: array('int'),
    hex: '80a8d6b907',
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  { name: 'array<null> of 5e7', schema: array('null'), hex: '80c2d72f00', outcome: 'AvroError TOO_MANY_ITEMS' },
  { name: 'array<empty> of 5e7', schema: array(EMPTY), hex: '80c2d72f00', outcome: 'AvroError TOO_MANY_ITEMS' },
  {
    name: 'map<int> of 5e7',
    schema: { type: 'map', values: 'int' },
    hex: '80c2d72f',
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  { name: 'block of -2^63', schema: array('int'), hex: 'ffffffffffffffffff0100', outcome: 'AvroError TOO_MANY_ITEMS' },
  {
    name: 'many full blocks of null',
    schema: array('null'),
    hex: '80897a',
    times: 10_000,
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  {
    name: 'arrays of arrays of null',
    schema: array(array('null')),
    hex: '0280a00100',
    times: 10_000,
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  {
    name: 'a million empty maps',
    schema: array({ type: 'map', values: 'int' }),
    head: '80897a',
    hex: '00',
    times: 1_000_001,
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  {
    name: 'skipped array<null> of 5e7',
    schema: record({ name: 'a', type: array('null') }),
    reader: EMPTY,
    hex: '80c2d72f00',
    outcome: 'AvroError TOO_MANY_ITEMS',
  },
  { name: 'string of 2^31 bytes', schema: 'string', hex: '808080801061', outcome: 'AvroError TRUNCATED' },
  { name: 'string of negative length', schema: 'string', hex: '01', outcome: 'AvroError NEGATIVE_LENGTH' },
  { name: 'branch out of range', schema: ['null', 'int'], hex: '04', outcome: 'AvroError BAD_BRANCH' },
  { name: 'trailing bytes', schema: 'int', hex: '0202', outcome: 'AvroError TRAILING_BYTES' },
  { name: 'recursive record 200000 deep', schema: NODE, hex: '02', times: 200_000, outcome: 'AvroError TOO_DEEP' },
  {
    name: 'record of itself',
    schema: record({ name: 'a', type: 'R' }, { name: 'b', type: 'R' }),
    outcome: 'AvroError TOO_DEEP',
  },
  { name: 'long beyond 2^53', schema: 'long', hex: '8280808080808020', outcome: 'AvroError LONG_NOT_SAFE' },
  { name: 'invalid UTF-8', schema: 'string', hex: '04c328', outcome: 'AvroError BAD_UTF8' },
  {
    name: 'field __proto__',
    schema: record({ name: '__proto__', type: 'int' }),
    hex: '02',
    outcome: 'SchemaError RESERVED_NAME',
  },
  {
    name: 'field constructor',
    schema: record({ name: 'constructor', type: 'int' }),
    hex: '02',
    outcome: 'SchemaError RESERVED_NAME',
  },
  {
    name: 'type __proto__',
    schema: ['int', { type: 'enum', name: '__proto__', symbols: ['A'] }],
    hex: '0200',
    outcome: 'SchemaError RESERVED_NAME',
  },
  {
    name: 'injected name',
    schema: record({ name: 'a;process.exit()//', type: 'int' }),
    hex: '02',
    outcome: 'SchemaError BAD_NAME',
  },
  {
    name: 'schema 5000 levels deep',
    schema: `(() => { let s = 'int'; for (let i = 0; i < 5000; i++) s = { type: 'array', items: s }; return s; })()`,
    outcome: 'SchemaError TOO_DEEP',
  },
  {
    name: 'schema of 100000 fields',
    schema: `({ type: 'record', name: 'R', fields: Array.from({ length: 1e5 }, (_, i) => ({ name: 'f' + i, type: 'int' })) })`,
    outcome: 'SchemaError TOO_LARGE',
  },
  { name: '2^40 nulls', schema: doubling(40, "'null'", ''), outcome: 'SchemaError TOO_LARGE' },
  { name: '2^40 ints', schema: doubling(40, "'int'", ''), hex: '02', times: 1000, outcome: 'AvroError TRUNCATED' },
  { name: '2^40 defaults', schema: doubling(40, "'int'", ', default: i ? {} : 0'), outcome: 'SchemaError TOO_LARGE' },
  {
    name: 'decimal of 1e9 digits',
    schema: { type: 'bytes', logicalType: 'decimal', precision: 1e9 },
    outcome: 'SchemaError TOO_LARGE',
  },
];

describe('hostile input', () => {
  let usual = 0;
  let megabytes = 0;

  beforeAll(async () => {
    const start = performance.now();
    megabytes = (await runRow(HARMLESS, 60_000)).megabytes;
    usual = Math.ceil(performance.now() - start);
  });

  for (const row of ROWS) {
    it(`is refused: ${row.name}`, async () => {
      const report = await runRow(row, usual * 20);
      expect(report.outcomes).toEqual(inAll(row.outcome));
      expect(report.polluted).toBe(false);
      expect(report.megabytes).toBeLessThan(megabytes + 100);
    });
  }

  it('keeps "__proto__" as a key of a map', async () => {
    // {"__proto__": {"polluted": "yes"}}
    const schema = { type: 'map', values: { type: 'map', values: 'string' } };
    const hex = '0212' + Buffer.from('__proto__').toString('hex') + '0210' + Buffer.from('polluted').toString('hex');
    const report = await runRow(
      { name: '', schema, hex: `${hex}06${Buffer.from('yes').toString('hex')}0000`, outcome: 'ok' },
      usual * 20,
    );
    expect(report).toMatchObject({
      outcomes: inAll('ok'),
      values: inAll('{"__proto__":{"polluted":"yes"}}'),
      polluted: false,
    });
  });
});
