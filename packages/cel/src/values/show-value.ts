import { CelError } from '../cel-error.ts';
import { limits } from '../limits.ts';
import { unbox } from './box.ts';
import { formatDecimal, type Decimal } from './decimal.ts';
import { kindOfValue } from './kind-of-value.ts';
import { keysOf, own } from './own.ts';
import { limitBuilt, wellFormed } from './text.ts';
import { formatDuration, formatTimestamp } from './time-text.ts';
import type { TypeValue } from './type-value.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Shows a value of type `dyn` to a reader, as `'%s'.format([x])` does: `[1, a, {k: 2.5}]`, maps in the order of their keys. */
export function showValue(value: unknown): string {
  return showAt(value, 0);
}

function showAt(value: unknown, depth: number): string {
  if (depth > limits.valueDepth) throw new CelError('VALUE_TOO_DEEP', 'the value is nested too deep to be shown.');
  const text = show(value, depth);
  limitBuilt(text.length);
  return text;
}

function show(value: unknown, depth: number): string {
  const kind = kindOfValue(value);
  switch (kind) {
    case 'string':
      return wellFormed(value as string);
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
    case 'uint':
      return String(unbox(value));
    case 'double':
      return showDouble(unbox(value) as number);
    case 'bytes':
      return decoder.decode(value as Uint8Array);
    case 'timestamp':
      return formatTimestamp(unbox(value) as number);
    case 'duration':
      return formatDuration(unbox(value) as number);
    case 'decimal':
      return formatDecimal(value as Decimal);
    case 'type':
      return (value as TypeValue).name;
    case 'list':
      return `[${(value as unknown[]).map((item) => showAt(item, depth + 1)).join(', ')}]`;
    case 'map':
      return `{${entries(value as object, depth + 1).join(', ')}}`;
    default:
      throw new CelError('NO_SUCH_OVERLOAD', `no such overload: "%s" of ${kind}.`);
  }
}

function entries(record: object, depth: number): string[] {
  const shown = keysOf(record).map((key) => [showAt(key, depth), key] as const);
  shown.sort(([a], [b]) => (a < b ? -1 : 1));
  return shown.map(([name, key]) => `${name}: ${showAt(own(record, key), depth)}`);
}

/** Shows a double to a reader; without an exponent where JavaScript shows none. */
export function showDouble(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
