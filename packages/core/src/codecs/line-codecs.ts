import type { InferContext } from '../component/contexts.ts';
import type { Encoding } from '../component/encoding.ts';

const lineCodecs: readonly string[] = ['json', 'string', 'bytes', 'csv'];

/** Tells whether records of an encoding can be lines, and reports where they cannot. */
export function fitsLines(value: Encoding, context: InferContext): boolean {
  if (lineCodecs.includes(value.codec)) return true;
  report(`Lines take the codecs ${lineCodecs.join(', ')}; "${value.codec}" is no text.`, context);
  return false;
}

/** Tells whether records of an encoding can stand in a file, as lines or in a container of Avro, and reports where they cannot. */
export function fitsFiles(value: Encoding, context: InferContext): boolean {
  if (value.codec === 'avro' || lineCodecs.includes(value.codec)) return true;
  report(`Files take the codecs avro, ${lineCodecs.join(', ')}; "${value.codec}" is no text.`, context);
  return false;
}

function report(message: string, context: InferContext): void {
  context.report({ code: 'CODEC_NOT_FOR_FILES', severity: 'error', at: ['value'], message });
}
