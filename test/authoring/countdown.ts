import { bytesColumn, defineSource, nullColumn, type Position, Type } from '@headrace/core';

const schema = { kind: 'long' } as const;

/** Counts down to zero, once. */
export const countdown = defineSource({
  type: 'countdown',
  summary: 'Counts down from a number to zero.',
  options: Type.Object(
    { from: Type.Integer({ minimum: 0, description: 'The first number.' }) },
    { additionalProperties: false },
  ),
  examples: [{ summary: 'Five numbers', options: { from: 4 } }],
  infer: () => ({
    output: {
      key: null,
      value: schema,
      kind: 'stream',
      tombstones: false,
      partitionedBy: 'unknown',
      ordered: true,
      scope: 'record',
    },
    key: null,
    value: { codec: 'long', options: {}, schema },
  }),
  // It can be read again from any position, on this machine only, and it ends.
  traits: () => ({ scope: 'host', replay: 'position', bounded: true }),
  create: ({ from }, { clock }) => ({
    async *splits() {
      yield 'numbers';
    },
    open(_split, at: Position | null) {
      let offset = at === null ? 0 : (at as { readonly offset: number }).offset;
      return {
        async read({ records }) {
          const count = Math.min(records, from + 1 - offset);
          if (count === 0) return 'end';
          const offsets = Array.from({ length: count }, (_, i) => offset + i);
          offset += count;
          return {
            records: {
              count,
              offsets: Float64Array.from(offsets),
              timestamps: new Float64Array(count).fill(clock.now()),
              keys: nullColumn(count),
              values: bytesColumn(offsets.map((each) => eightBytes(from - each))),
              headers: nullColumn(count),
            },
            next: { offset },
            nextOffset: offset,
          };
        },
        async close() {},
      };
    },
  }),
});

function eightBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
