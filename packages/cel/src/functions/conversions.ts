import { CelError } from '../cel-error.ts';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT } from '../types/cel-type.ts';
import { toInt, toUint, type Integer } from '../values/integer.ts';
import {
  doubleToInt,
  doubleToUint,
  formatDouble,
  parseDouble,
  parseInteger,
  parseUnsigned,
} from '../values/number-text.ts';
import { checkTimestamp, formatDuration, formatTimestamp, parseDuration, parseTimestamp } from '../values/time-text.ts';
import { call, type Overload } from './overload.ts';

const same = (value: unknown): unknown => value;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Lists the conversions between types. Where a `dyn` could be several, the first overload that takes the value wins. */
export const conversions: readonly Overload[] = [
  call('int', { params: [INT], result: INT, evaluate: same }),
  call('int', { params: [UINT], result: INT, evaluate: (value: Integer) => toInt(BigInt(value)) }),
  call('int', { params: [DOUBLE], result: INT, evaluate: doubleToInt }),
  call('int', { params: [STRING], result: INT, evaluate: parseInteger }),
  call('int', { params: [TIMESTAMP], result: INT, evaluate: (ms: number) => Math.floor(ms / 1000) }),
  call('uint', { params: [UINT], result: UINT, evaluate: same }),
  call('uint', { params: [INT], result: UINT, evaluate: (value: Integer) => toUint(BigInt(value)) }),
  call('uint', { params: [DOUBLE], result: UINT, evaluate: doubleToUint }),
  call('uint', { params: [STRING], result: UINT, evaluate: parseUnsigned }),
  call('double', { params: [DOUBLE], result: DOUBLE, evaluate: same }),
  call('double', { params: [INT], result: DOUBLE, evaluate: Number }),
  call('double', { params: [UINT], result: DOUBLE, evaluate: Number }),
  call('double', { params: [STRING], result: DOUBLE, evaluate: parseDouble }),
  call('string', { params: [STRING], result: STRING, evaluate: same }),
  call('string', { params: [BOOL], result: STRING, evaluate: String }),
  call('string', { params: [INT], result: STRING, evaluate: String }),
  call('string', { params: [UINT], result: STRING, evaluate: String }),
  call('string', { params: [DOUBLE], result: STRING, evaluate: formatDouble }),
  call('string', { params: [BYTES], result: STRING, evaluate: decodeText }),
  call('string', { params: [TIMESTAMP], result: STRING, evaluate: formatTimestamp }),
  call('string', { params: [DURATION], result: STRING, evaluate: formatDuration }),
  call('bytes', { params: [BYTES], result: BYTES, evaluate: same }),
  call('bytes', { params: [STRING], result: BYTES, evaluate: (text: string) => encoder.encode(text) }),
  call('bool', { params: [BOOL], result: BOOL, evaluate: same }),
  call('bool', { params: [STRING], result: BOOL, evaluate: parseBool }),
  call('timestamp', { params: [TIMESTAMP], result: TIMESTAMP, evaluate: same }),
  call('timestamp', { params: [STRING], result: TIMESTAMP, evaluate: parseTimestampText }),
  call('timestamp', {
    params: [INT],
    result: TIMESTAMP,
    evaluate: (seconds: Integer) => checkTimestamp(Number(seconds) * 1000),
  }),
  call('duration', { params: [DURATION], result: DURATION, evaluate: same }),
  call('duration', { params: [STRING], result: DURATION, evaluate: parseDuration }),
  call('dyn', { params: [DYN], result: DYN, evaluate: same }),
];

function parseTimestampText(text: string): number {
  return checkTimestamp(parseTimestamp(text));
}

function parseBool(text: string): boolean {
  if (['1', 't', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new CelError('CONVERSION_FAILED', 'the text is neither true nor false.');
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CelError('CONVERSION_FAILED', 'the bytes are not valid UTF-8.');
  }
}
