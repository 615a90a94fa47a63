import { CelError } from '../cel-error.ts';
import { DURATION, INT, TIMESTAMP, type CelType } from '../types/cel-type.ts';
import type { Integer } from '../values/integer.ts';
import { checkTimestamp } from '../values/time-text.ts';
import { call, method, type Overload } from './overload.ts';

/** Lists the functions between numbers and timestamps, and the members of durations. */
export const timeFunctions: readonly Overload[] = [
  call('millis', { params: [INT], result: TIMESTAMP, evaluate: (ms: Integer) => checkTimestamp(Number(ms)) }),
  call('micros', { params: [INT], result: TIMESTAMP, evaluate: ofMicros }),
  call('epochMillis', { params: [TIMESTAMP], result: INT, evaluate: (ms: number) => Math.floor(ms) }),
  call('epochMicros', { params: [TIMESTAMP], result: INT, evaluate: epochMicros }),
  part('getHours', (ms) => ms / 3_600_000),
  part('getMinutes', (ms) => ms / 60_000),
  part('getSeconds', (ms) => ms / 1000),
  part('getMilliseconds', (ms) => ms % 1000),
];

function part(name: string, read: (ms: number) => number): Overload {
  const params: CelType[] = [DURATION];
  return method(name, { params, result: INT, evaluate: (ms: number) => Math.trunc(read(ms)) + 0 });
}

// A whole and a fraction, as the other ways to make a timestamp do, so that equal instants are equal numbers.
function ofMicros(us: Integer): number {
  const exact = BigInt(us);
  const rest = ((exact % 1000n) + 1000n) % 1000n;
  return checkTimestamp(Number((exact - rest) / 1000n) + Number(rest) / 1000);
}

function epochMicros(ms: number): Integer {
  const whole = Math.floor(ms);
  const micros = Math.round((ms - whole) * 1000);
  const exact = whole * 1000 + micros;
  if (Number.isSafeInteger(exact)) return exact;
  if (!Number.isFinite(ms)) throw new CelError('TIMESTAMP_OUT_OF_RANGE', 'the timestamp is no finite number.');
  return BigInt(whole) * 1000n + BigInt(micros);
}
