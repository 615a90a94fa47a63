import { CelError } from '../cel-error.ts';
import { DURATION, INT, TIMESTAMP, type CelType } from '../types/cel-type.ts';
import type { Integer } from '../values/integer.ts';
import { checkTimestamp } from '../values/time-text.ts';
import { call, method, type Overload } from './overload.ts';

/** Lists the functions on time. Members of a timestamp are in UTC. */
export const timeFunctions: readonly Overload[] = [
  call('millis', { params: [INT], result: TIMESTAMP, evaluate: (ms: Integer) => checkTimestamp(Number(ms)) }),
  call('micros', { params: [INT], result: TIMESTAMP, evaluate: (us: Integer) => checkTimestamp(Number(us) / 1000) }),
  call('epochMillis', { params: [TIMESTAMP], result: INT, evaluate: (ms: number) => Math.floor(ms) }),
  call('epochMicros', { params: [TIMESTAMP], result: INT, evaluate: epochMicros }),
  member('getFullYear', (date) => date.getUTCFullYear()),
  member('getMonth', (date) => date.getUTCMonth()),
  member('getDate', (date) => date.getUTCDate()),
  member('getDayOfMonth', (date) => date.getUTCDate() - 1),
  member('getDayOfWeek', (date) => date.getUTCDay()),
  member('getDayOfYear', dayOfYear),
  member('getHours', (date) => date.getUTCHours()),
  member('getMinutes', (date) => date.getUTCMinutes()),
  member('getSeconds', (date) => date.getUTCSeconds()),
  member('getMilliseconds', (date) => date.getUTCMilliseconds()),
  part('getHours', (ms) => ms / 3_600_000),
  part('getMinutes', (ms) => ms / 60_000),
  part('getSeconds', (ms) => ms / 1000),
  part('getMilliseconds', (ms) => ms % 1000),
];

function member(name: string, read: (date: Date) => number): Overload {
  const evaluate = (ms: number): number => read(new Date(Math.floor(checkTimestamp(ms))));
  return method(name, { params: [TIMESTAMP], result: INT, evaluate });
}

function part(name: string, read: (ms: number) => number): Overload {
  const params: CelType[] = [DURATION];
  return method(name, { params, result: INT, evaluate: (ms: number) => Math.trunc(read(ms)) + 0 });
}

function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000);
}

function epochMicros(ms: number): Integer {
  const whole = Math.floor(ms);
  const micros = Math.round((ms - whole) * 1000);
  const exact = whole * 1000 + micros;
  if (Number.isSafeInteger(exact)) return exact;
  if (!Number.isFinite(ms)) throw new CelError('TIMESTAMP_OUT_OF_RANGE', 'the timestamp is no finite number.');
  return BigInt(whole) * 1000n + BigInt(micros);
}
