import { fixedWidthCodec } from './fixed-width-codec.ts';

/** Reads and writes numbers of single precision as Kafka's own serializers do. */
export const floatCodec = fixedWidthCodec({
  type: 'float',
  summary: 'A number of single precision in four bytes, big endian.',
  size: 4,
  read: (view, at) => view.getFloat32(at),
  holds: (value) => typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value)),
  write: (view, value) => view.setFloat32(0, Number(value)),
});
