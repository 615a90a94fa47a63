import { formatSchema } from '@headrace/avro';
import { isDynamic, type ValueType } from './edge-type.ts';

/** Prints a type for people: a schema in short form, or `dynamic`. */
export function formatType(type: ValueType): string {
  return isDynamic(type) ? 'dynamic' : formatSchema(type);
}
