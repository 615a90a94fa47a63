import { fixedWidthCodec } from './fixed-width-codec.ts';

/** Reads and writes integers of 32 bits as Kafka's own serializers do. */
export const intCodec = fixedWidthCodec({
  type: 'int',
  summary: 'An integer of 32 bits in four bytes, big endian.',
  size: 4,
  read: (view, at) => view.getInt32(at),
  holds: (value) => typeof value === 'number' && (value | 0) === value,
  write: (view, value) => view.setInt32(0, Number(value)),
});
