import { CelError } from '../cel-error.ts';
import { unbox } from './box.ts';
import { formatFixed, formatScientific } from './double-text.ts';
import { decimalToDouble, type Decimal } from './decimal.ts';
import { kindOfValue } from './kind-of-value.ts';
import { showDouble, showValue } from './show-value.ts';
import { limitBuilt } from './text.ts';

/** Holds a format that was read: text as it is, and clauses such as `%.2f`. */
export type Format = readonly (string | Clause)[];

interface Clause {
  readonly verb: string;
  readonly precision: number;
}

const MOST_DIGITS = 1000;
const encoder = new TextEncoder();

/** Reads a format: `%s %d %f %e %b %o %x %X`, a precision after `%.` for `f` and `e`, `%%`. Throws a `CelError` with the code `INVALID_FORMAT`. */
export function readFormat(text: string): Format {
  const format: (string | Clause)[] = [];
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
    format.push(text.slice(from, at));
    const match = /^%(?:(%)|(?:\.(\d{1,4}))?([sdboxXfe]))/.exec(text.slice(at, at + 8));
    const precision = match?.[2];
    if (match === null || (precision !== undefined && !/[fe]/.test(match[3]!))) {
      throw invalid(`"${text.slice(at, at + 2)}" begins no clause`);
    }
    if (Number(precision ?? 0) > MOST_DIGITS) throw invalid(`a precision is greater than ${MOST_DIGITS}`);
    format.push(match[1] === undefined ? { verb: match[3]!, precision: Number(precision ?? 6) } : '%');
    from = at + match[0].length;
  }
  format.push(text.slice(from));
  return format;
}

/** Puts values of type `dyn` into a format. Throws a `CelError` where there are too few, or of a wrong type. */
export function formatText(format: Format, values: readonly unknown[]): string {
  let text = '';
  let next = 0;
  for (const part of format) {
    if (typeof part !== 'string' && next >= values.length) throw invalid('it has more clauses than values');
    const shown = typeof part === 'string' ? part : show(part, values[next++]);
    limitBuilt(shown.length);
    text += shown;
  }
  return text;
}

function show({ verb, precision }: Clause, value: unknown): string {
  switch (verb) {
    case 's':
      return showValue(value);
    case 'd':
      return showInteger(value);
    case 'f':
      return showNumber(value, (double) => formatFixed(double, precision));
    case 'e':
      return showNumber(value, (double) => formatScientific(double, precision));
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : inBase(value, 2, 'b');
    case 'o':
      return inBase(value, 8, 'o');
    case 'x':
      return inHex(value, 'x');
    default:
      return inHex(value, 'X').toUpperCase();
  }
}

function showInteger(value: unknown): string {
  const kind = kindOfValue(value);
  if (kind === 'int' || kind === 'uint') return String(unbox(value));
  const plain = unbox(value);
  if (kind === 'double' && !Number.isFinite(plain)) return showDouble(plain as number);
  throw unfit('d', kind);
}

function showNumber(value: unknown, print: (value: number) => string): string {
  const kind = kindOfValue(value);
  if (kind === 'decimal') return print(decimalToDouble(value as Decimal));
  if (kind !== 'double' && kind !== 'int' && kind !== 'uint') throw unfit('f', kind);
  const double = Number(unbox(value));
  return Number.isFinite(double) ? print(double) : showDouble(double);
}

function inBase(value: unknown, base: number, verb: string): string {
  const kind = kindOfValue(value);
  if (kind !== 'int' && kind !== 'uint') throw unfit(verb, kind);
  return BigInt(unbox(value) as number).toString(base);
}

function inHex(value: unknown, verb: string): string {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  if (!(bytes instanceof Uint8Array)) return inBase(value, 16, verb);
  limitBuilt(2 * bytes.length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function unfit(verb: string, kind: string): CelError {
  return new CelError('NO_SUCH_OVERLOAD', `no such overload: "%${verb}" of ${kind}.`);
}

function invalid(why: string): CelError {
  return new CelError('INVALID_FORMAT', `the format is not valid: ${why}.`);
}
