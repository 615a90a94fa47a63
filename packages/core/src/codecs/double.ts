import { fixedWidthCodec } from './fixed-width-codec.ts';

/** Reads and writes numbers of double precision as Kafka's own serializers do. */
export const doubleCodec = fixedWidthCodec({
  type: 'double',
  summary: 'A number of double precision in eight bytes, big endian.',
  size: 8,
  read: (view, at) => view.getFloat64(at),
  holds: (value) => typeof value === 'number',
  write: (view, value) => view.setFloat64(0, Number(value)),
});
