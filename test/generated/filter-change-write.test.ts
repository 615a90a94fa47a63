import { AvroError, createCodec, createResolvingCodec, parseSchema, type RecordSchema } from '@headrace/avro';
import { CelError, check, formatType, interpreter, type Checked } from '@headrace/cel';
import { celEnvironment, type EdgeType } from '@headrace/core';
import { describe, expect, it } from 'vitest';
import { randomValue } from '../avro/random-value.ts';
import { Random } from '../avro/random.ts';
import { composed, type Work } from './filter-change-write.ts';

const address = {
  type: 'record',
  name: 'Address',
  fields: [
    { name: 'street', type: 'string' },
    { name: 'city', type: ['null', 'string'] },
    { name: 'zip', type: 'int' },
  ],
};
const fields = [
  { name: 'id', type: 'long' },
  { name: 'amount', type: 'double' },
  { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'SENT'] } },
  { name: 'customer', type: 'string' },
  { name: 'note', type: ['null', 'string'] },
  { name: 'address', type: ['null', address] },
  { name: 'tags', type: { type: 'array', items: 'string' } },
  { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'quantity', type: 'int' },
  { name: 'extra', type: { type: 'map', values: 'long' } },
];
const record = (name: string, of: readonly object[]) =>
  parseSchema({ type: 'record', name, fields: of }) as RecordSchema;

// An older writer: ints where the reader has longs, another order, a field that the reader does not know.
const older = record('Order', [
  { name: 'gone', type: { type: 'array', items: 'bytes' } },
  ...fields
    .map((field) => (field.name === 'id' ? { name: 'id', type: 'int' } : field))
    .map((field) => (field.name === 'amount' ? { name: 'amount', type: 'float' } : field))
    .reverse(),
]);
const order = record('Order', fields);

const edge: EdgeType = {
  key: null,
  value: order,
  kind: 'stream',
  tombstones: false,
  partitionedBy: 'unknown',
  ordered: true,
  scope: 'record',
};

function checked(text: string, type: string): Checked {
  const result = check(text, celEnvironment(edge, new Map()));
  expect(result.issues.filter((issue) => issue.severity === 'error')).toEqual([]);
  expect(formatType((result.checked as Checked).type)).toBe(type);
  return result.checked as Checked;
}

const works: readonly { where: string; set: Record<string, [text: string, type: string, avro: unknown]> }[] = [
  { where: "status == 'PAID' && amount > 0.0", set: { amount: ['amount * 1.19', 'double', 'double'] } },
  {
    where: 'note != null || address != null',
    set: {
      city: ["address != null && address.city != null ? address.city : 'none'", 'string', 'string'],
      loud: ['customer.upperAscii()', 'string', 'string'],
    },
  },
  {
    where: "tags.exists(t, t.startsWith('P')) || has(address.city)",
    set: { tags: ['tags.map(t, t + t)', 'list(string)', { type: 'array', items: 'string' }] },
  },
  { where: 'id / id == 1 || quantity > 0', set: { total: ['id * quantity', 'int', 'long'] } },
  {
    where: "status in ['NEW', 'SENT'] && size(customer) < 5",
    set: { note: ['address.?city.orValue(customer)', 'string', ['null', 'string']] },
  },
  { where: 'placedAt.getHours() > 0', set: { hour: ['placedAt.getHours()', 'int', 'int'] } },
  { where: 'quantity % 2 == 0', set: { address: ['address', 'Address?', ['null', 'Address']] } },
];

type Outcome = { bytes: string | null } | { error: string };

const outcome = (run: () => Uint8Array | null): Outcome => {
  try {
    const bytes = run();
    return { bytes: bytes === null ? null : Buffer.from(bytes).toString('hex') };
  } catch (error) {
    if (error instanceof AvroError || error instanceof CelError) return { error: error.code };
    throw error;
  }
};

/** The same work by what is not generated: decoded values, the interpreter, the object codec. */
function oracle({ writer, reader, target, where, set }: Work): (bytes: Buffer) => Uint8Array | null {
  const decoder = createResolvingCodec(writer, reader);
  const codec = createCodec(target);
  const keep = interpreter(where);
  const values = Object.entries(set).map(([field, expression]) => ({ field, evaluate: interpreter(expression) }));
  return (bytes) => {
    const value = decoder.decode(bytes, 0, bytes.length) as Record<string, unknown>;
    const scope = (name: string) => value[name];
    if (keep(scope) !== true) return null;
    const made = Object.fromEntries(values.map(({ field, evaluate }) => [field, evaluate(scope)]));
    const kept = target.fields.map((field) => [
      field.name,
      Object.hasOwn(made, field.name) ? made[field.name] : value[field.name],
    ]);
    return codec.encode(Object.fromEntries(kept));
  };
}

describe('a filter, a map and a sink as one generated function', () => {
  describe.each([
    ['the same schema', order],
    ['an older writer', older],
  ])('over %s', (_, writer) => {
    it.each(works)('does what decoding, interpreting and encoding do: $where', ({ where, set }) => {
      const kept = fields.filter((field) => !Object.hasOwn(set, field.name));
      // A type that is named twice is written out once.
      const wholeAddress = Object.hasOwn(set, 'address');
      const made = Object.entries(set).map(([field, [, , type]]) => ({
        name: field,
        type: wholeAddress && field === 'address' ? ['null', address] : type,
      }));
      const work: Work = {
        writer,
        reader: order,
        target: record('Result', [...kept, ...made]),
        where: checked(where, 'bool'),
        set: Object.fromEntries(Object.entries(set).map(([field, [text, type]]) => [field, checked(text, type)])),
      };
      const [generated, expected] = [composed(work), oracle(work)];
      const random = new Random(20_261_127);
      const codec = createCodec(writer);
      const seen = { kept: 0, dropped: 0, failed: 0 };
      for (let i = 0; i < 400; i++) {
        const bytes = Buffer.from(codec.encode(randomValue(random, writer)));
        // One datum in four is broken somewhere.
        if (i % 4 === 3) bytes[random.below(bytes.length)] = random.below(256);
        const wanted = outcome(() => expected(bytes));
        const given = outcome(() => generated(bytes));
        if ('error' in wanted) seen.failed++;
        else seen[wanted.bytes === null ? 'dropped' : 'kept']++;
        // Of data that are broken: what is not read is not looked at, and structure is found before content.
        if ('error' in wanted && i % 4 === 3) continue;
        expect([i, given]).toEqual([i, wanted]);
      }
      expect(seen.kept).toBeGreaterThan(10);
      expect(seen.dropped + seen.failed).toBeGreaterThan(10);
    });
  });
});
