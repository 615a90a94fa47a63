import type { PrimitiveSchema, Schema } from '@headrace/avro';
import { DataFault } from '../data-fault.ts';
import type { Conversion } from './convert.ts';

const wider: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
};

/**
 * Returns how a leaf of one type becomes one of another: numbers widen and never narrow, a millisecond becomes a
 * microsecond, enums and UUIDs are text. `same`: as it is in memory. Undefined: it does not fit.
 */
export function leafConversion(from: Schema, to: Schema): Conversion | undefined {
  const [source, target] = [logicalOf(from), logicalOf(to)];
  if (source === 'decimal' && target === 'decimal') return decimalFits(from, to) ? 'same' : undefined;
  if (to.kind === 'string' && target === undefined && (from.kind === 'enum' || source === 'uuid')) return 'same';
  if (from.kind === 'enum' && to.kind === 'enum') {
    return from.symbols.every((symbol) => to.symbols.includes(symbol)) ? 'same' : undefined;
  }
  if (source !== target) return source !== undefined && target === micros.get(source) ? 'same' : undefined;
  if (source === 'uuid') return 'same';
  if (from.kind === 'fixed' && to.kind === 'fixed') return from.size === to.size ? 'same' : undefined;
  if (from.kind === to.kind) return 'same';
  if (source !== undefined || wider[from.kind]?.includes(to.kind) !== true) return undefined;
  return widening(to.kind as PrimitiveSchema['kind']);
}

const micros = new Map([
  ['timestamp-millis', 'timestamp-micros'],
  ['local-timestamp-millis', 'local-timestamp-micros'],
  ['time-millis', 'time-micros'],
]);

function logicalOf(schema: Schema): string | undefined {
  return 'logical' in schema ? schema.logical?.type : undefined;
}

function decimalFits(from: Schema, to: Schema): boolean {
  const source = 'logical' in from ? from.logical : undefined;
  const target = 'logical' in to ? to.logical : undefined;
  if (source?.type !== 'decimal' || target?.type !== 'decimal') return false;
  return target.scale >= source.scale && target.precision - target.scale >= source.precision - source.scale;
}

/** A wider type may still lack digits (an int in a float, a long in a double): those values are refused, not rounded. */
function widening(to: PrimitiveSchema['kind']): Conversion {
  if (to === 'long') return 'same';
  return (value) => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number') return value;
    const held = to === 'float' ? Math.fround(number) : number;
    const exact = typeof value === 'bigint' ? BigInt(number) === value : true;
    if (exact && (held === number || Number.isNaN(number) || !Number.isInteger(number))) return number;
    throw new DataFault('NOT_ENCODABLE', `a ${to} cannot hold the integer exactly`);
  };
}
