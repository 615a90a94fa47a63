import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { unbox } from './box.ts';
import { formatDecimal, type Decimal } from './decimal.ts';
import { kindOfValue } from './kind-of-value.ts';
import type { Optional } from './optional.ts';
import { keysOf, own } from './own.ts';
import { limitBuilt } from './text.ts';
import { formatDuration, formatTimestamp } from './time-text.ts';

/**
 * Writes a value of type `dyn` as JSON without spaces: integers exactly, bytes in base64, decimals, timestamps and durations as
 * text. Throws a `CelError` with the code `NOT_JSON` for what JSON cannot say.
 */
export function writeJson(value: unknown): string {
  return writeAt(value, 0);
}

function writeAt(value: unknown, depth: number): string {
  if (depth > limits.valueDepth)
    throw new CelError('VALUE_TOO_DEEP', 'the value is nested too deep to be written as JSON.');
  const text = write(value, depth);
  // Containers count what is inside them once more for each level: depth is limited, too.
  limitBuilt(text.length);
  return text;
}

function write(value: unknown, depth: number): string {
  switch (kindOfValue(value)) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
    case 'uint':
      return String(unbox(value));
    case 'double':
      return double(unbox(value) as number);
    case 'string':
      return JSON.stringify(value);
    case 'bytes':
      return JSON.stringify(Buffer.from(value as Uint8Array).toString('base64'));
    case 'decimal':
      return JSON.stringify(formatDecimal(value as Decimal));
    case 'timestamp':
      return JSON.stringify(formatTimestamp(unbox(value) as number));
    case 'duration':
      return JSON.stringify(formatDuration(unbox(value) as number));
    case 'list':
      return `[${(value as unknown[]).map((item) => writeAt(item, depth + 1)).join(',')}]`;
    case 'map':
      return `{${entries(value as object, depth + 1).join(',')}}`;
    case 'optional':
      return (value as Optional).hasValue ? writeAt((value as Optional).value, depth + 1) : 'null';
    default:
      throw new CelError('NOT_JSON', 'JSON has no way to write a value of this type.');
  }
}

function double(value: number): string {
  if (!Number.isFinite(value)) throw new CelError('NOT_JSON', 'JSON has no number that is infinite or NaN.');
  return Object.is(value, -0) ? '-0' : String(value);
}

function entries(record: object, depth: number): string[] {
  return keysOf(record).map((key) => {
    const name = typeof key === 'string' ? key : String(unbox(key));
    return `${JSON.stringify(name)}:${writeAt(own(record, key), depth)}`;
  });
}
