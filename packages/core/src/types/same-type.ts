import { schemasEqual } from '@headrace/avro';
import { isDynamic, type ValueType } from './edge-type.ts';

/** Tells whether two types have the same values with the same schema. */
export function sameType(a: ValueType, b: ValueType): boolean {
  if (a === b) return true;
  if (isDynamic(a) || isDynamic(b)) return isDynamic(a) && isDynamic(b);
  return schemasEqual(a, b);
}
