import type { CodecDefinition } from '../component/codec.ts';
import { avroCodec } from './avro.ts';
import { bytesCodec } from './bytes.ts';
import { csvCodec } from './csv.ts';
import { doubleCodec } from './double.ts';
import { floatCodec } from './float.ts';
import { intCodec } from './int.ts';
import { jsonCodec } from './json.ts';
import { longCodec } from './long.ts';
import { stringCodec } from './string.ts';

/** Lists the codecs that every topology may name. */
export const builtInCodecs: readonly CodecDefinition[] = [
  avroCodec,
  bytesCodec,
  csvCodec,
  doubleCodec,
  floatCodec,
  intCodec,
  jsonCodec,
  longCodec,
  stringCodec,
];

export { avro } from './avro.ts';
export { csv } from './csv.ts';
export { json } from './json.ts';
