import { fixedWidthCodec } from './fixed-width-codec.ts';

/** Reads and writes integers of 64 bits as Kafka's own serializers do; beyond 2^53 they are `bigint` in memory. */
export const longCodec = fixedWidthCodec({
  type: 'long',
  summary: 'An integer of 64 bits in eight bytes, big endian.',
  size: 8,
  read(view, at) {
    const exact = view.getBigInt64(at);
    const value = Number(exact);
    return Number.isSafeInteger(value) ? value : exact;
  },
  holds: (value) => (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value)),
  write: (view, value) => view.setBigInt64(0, BigInt(value)),
});
