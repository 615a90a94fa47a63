import type { InferContext } from '../component/contexts.ts';
import type { Encoding } from '../component/encoding.ts';

const lineCodecs: readonly string[] = ['json', 'string', 'bytes', 'csv'];

/** Tells whether records of an encoding can be the lines of a file, and reports where they cannot. */
export function fitsLines(value: Encoding, context: InferContext): boolean {
  if (lineCodecs.includes(value.codec)) return true;
  const later = value.codec === 'avro';
  const message = `Files of lines take the codecs ${lineCodecs.join(', ')}; "${value.codec}" is ${later ? 'not built yet' : 'no text'}.`;
  context.report({ code: later ? 'NOT_BUILT_YET' : 'CODEC_NOT_FOR_FILES', severity: 'error', at: ['value'], message });
  return false;
}
