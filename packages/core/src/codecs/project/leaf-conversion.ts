import type { Schema } from '@headrace/avro';
import { DataFault } from '../data-fault.ts';
import type { Conversion } from './convert.ts';

/**
 * Returns how a leaf of one type becomes one of another that it fits. A wider type may still lack digits (an int in a float, a
 * long in a double): such a value is refused, not rounded.
 */
export function leafConversion(from: Schema, to: Schema): Conversion {
  if (from.kind !== 'int' && from.kind !== 'long') return 'same';
  if (from.logical !== undefined || (to.kind !== 'float' && to.kind !== 'double')) return 'same';
  const round = to.kind === 'float' ? Math.fround : (number: number) => number;
  return (value) => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number') return value;
    const exact = typeof value === 'bigint' ? BigInt(number) === value : true;
    if (exact && round(number) === number) return number;
    throw new DataFault('NOT_ENCODABLE', `a ${to.kind} cannot hold the integer exactly`);
  };
}
