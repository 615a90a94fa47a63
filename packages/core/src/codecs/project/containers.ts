import { defaultValue, type Field } from '@headrace/avro';
import { withinField, withinItem } from '../data-fault.ts';
import type { Conversion, Convert } from './convert.ts';

/** How one field of a record is made. */
export interface FieldConversion {
  readonly name: string;
  readonly conversion: Conversion;
  /** Gives the default of a field that the source never has; null where the source has it. */
  readonly fill: (() => unknown) | null;
}

/** Returns how a field is made: from the source's, or always from its default. */
export function fieldConversion(field: Field, conversion: Conversion, absent: boolean): FieldConversion {
  return { name: field.name, conversion, fill: absent ? () => defaultValue(field) : null };
}

/** Returns how a record is made; `same` where all of its fields are taken as they are. */
export function recordConversion(fields: readonly FieldConversion[]): Conversion {
  if (fields.every(({ conversion, fill }) => conversion === 'same' && fill === null)) return 'same';
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const source = value as Record<string, unknown>;
    const record: Record<string, unknown> = {};
    for (const { name, conversion, fill } of fields) {
      if (fill !== null) record[name] = fill();
      else if (conversion === 'same') record[name] = source[name];
      else record[name] = convertField(name, conversion, source[name]);
    }
    return record;
  };
}

/** Converts a field's value; a fault carries the field's name. */
export function convertField(name: string, convert: Convert, value: unknown): unknown {
  try {
    return convert(value);
  } catch (thrown) {
    throw withinField(name, thrown);
  }
}

/** Returns how the items of a list are made. */
export function itemConversion(conversion: Conversion): Conversion {
  if (conversion === 'same') return 'same';
  return (value) => {
    if (!Array.isArray(value)) return value;
    return value.map((item, index) => convertItem(index, conversion, item));
  };
}

/** Returns how the values of a map are made. */
export function mapConversion(conversion: Conversion): Conversion {
  if (conversion === 'same') return 'same';
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const map = Object.create(null) as Record<string, unknown>;
    for (const [key, entry] of Object.entries(value)) map[key] = convertItem(key, conversion, entry);
    return map;
  };
}

function convertItem(item: number | string, convert: Convert, value: unknown): unknown {
  try {
    return convert(value);
  } catch (thrown) {
    throw withinItem(item, thrown);
  }
}
