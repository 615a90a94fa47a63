import { AvroError } from './avro-error.ts';
import { bytesOfDecimal, decimalOfBytes, isDecimal } from './decimal.ts';
import { bytesOfDuration, durationOfBytes } from './duration.ts';
import { longFormIn } from './long-form.ts';
import type { FixedSchema, LongForm, PrimitiveSchema } from './schema.ts';

/** Turns the plain value of a type into what its logical type shows, and back. */
export interface Conversion {
  /** Names the values that `write` takes, for messages. */
  readonly expects: string;
  read(plain: unknown): unknown;
  /** Returns undefined for a value that the type cannot hold. */
  write(value: unknown): unknown;
}

const DAY_MS = 86_400_000;
// Above 2^43 ms (the year 2248) the doubles are more than a microsecond apart.
const MAX_MICROS = 1000 * 2 ** 43;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Returns the conversion of a logical type, null where the plain value is what is shown: a bigint always is. */
export function conversionOf(schema: PrimitiveSchema | FixedSchema, long: LongForm): Conversion | null {
  const { logical } = schema;
  if (logical === undefined || (schema.kind === 'long' && longFormIn(schema, long) === 'bigint')) return null;
  const size = schema.kind === 'fixed' ? schema.size : undefined;
  switch (logical.type) {
    case 'date':
      return DATE;
    case 'time-micros':
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      return micros(logical.type);
    case 'uuid':
      return schema.kind === 'fixed' ? UUID_BYTES : null;
    case 'decimal':
      return decimal(logical.precision, logical.scale, size);
    case 'duration':
      return DURATION;
    case 'time-millis':
    case 'timestamp-millis':
    case 'timestamp-nanos':
    case 'local-timestamp-millis':
    case 'local-timestamp-nanos':
      return null;
  }
}

const DATE: Conversion = {
  expects: 'date (milliseconds of a midnight in UTC)',
  read: (days) => (days as number) * DAY_MS,
  write(value) {
    if (typeof value !== 'number') return undefined;
    const days = Math.round(value / DAY_MS);
    return days * DAY_MS === value ? days : undefined;
  },
};

function micros(type: string): Conversion {
  return {
    expects: `${type} (milliseconds)`,
    read(plain) {
      const value = plain as number;
      if (value > MAX_MICROS || value < -MAX_MICROS) {
        throw new AvroError('LONG_NOT_SAFE', `${value} microseconds cannot be held exactly in milliseconds`);
      }
      return value / 1000;
    },
    write(value) {
      if (typeof value !== 'number') return undefined;
      const nearest = Math.round(value * 1000);
      if (!(nearest <= MAX_MICROS && nearest >= -MAX_MICROS)) return undefined;
      for (const candidate of [nearest, nearest - 1, nearest + 1]) if (candidate / 1000 === value) return candidate;
      return nearest;
    },
  };
}

function decimal(precision: number, scale: number, size: number | undefined): Conversion {
  return {
    expects: `decimal(${precision}, ${scale})`,
    read: (bytes) => decimalOfBytes(bytes as Uint8Array, precision, scale),
    write: (value) => (isDecimal(value) ? (bytesOfDecimal(value, precision, scale, size) ?? undefined) : undefined),
  };
}

const DURATION: Conversion = {
  expects: 'duration ({ months, days, milliseconds })',
  read: (bytes) => durationOfBytes(bytes as Uint8Array),
  write: bytesOfDuration,
};

const UUID_BYTES: Conversion = {
  expects: 'uuid',
  read(bytes) {
    const hex = Buffer.from(bytes as Uint8Array).toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  },
  write: (value) =>
    typeof value === 'string' && UUID.test(value) ? Buffer.from(value.replaceAll('-', ''), 'hex') : undefined,
};
