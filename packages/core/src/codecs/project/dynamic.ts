import { branchName, defaultValue, nonNullBranch, type RecordSchema, type Schema } from '@headrace/avro';
import { convertField, itemConversion, mapConversion } from './containers.ts';
import type { Conversion, Convert } from './convert.ts';

/**
 * Returns how values whose type is known only while running take a schema: missing fields take their default, a `bigint`
 * that a number holds becomes one. Everything else is left for the writer to take or refuse; null where nothing is to be done.
 */
export function dynamicConversion(to: Schema): Convert | null {
  const conversion = of(to, new Map());
  return conversion === 'same' ? null : conversion;
}

function of(to: Schema, known: Map<RecordSchema, Convert>): Conversion {
  switch (to.kind) {
    case 'array':
      return itemConversion(of(to.items, known));
    case 'map':
      return mapConversion(of(to.values, known));
    case 'record':
      return record(to, known);
    case 'union': {
      const only = nonNullBranch(to);
      return only === null ? union(to.branches, known) : of(only, known);
    }
    case 'double':
      return (value) => (typeof value === 'bigint' && BigInt(Number(value)) === value ? Number(value) : value);
    default:
      return 'same';
  }
}

function record(to: RecordSchema, known: Map<RecordSchema, Convert>): Conversion {
  const before = known.get(to);
  if (before !== undefined) return before;
  let convert: Convert = (value) => value;
  known.set(to, (value) => convert(value));
  const fields = to.fields.map((field) => ({ field, conversion: of(field.type, known) }));
  convert = (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const source = value as Record<string, unknown>;
    const result: Record<string, unknown> = {};
    for (const { field, conversion } of fields) {
      if (Object.hasOwn(source, field.name)) {
        const given = source[field.name];
        result[field.name] = conversion === 'same' ? given : convertField(field.name, conversion, given);
      } else if (field.default !== undefined) result[field.name] = defaultValue(field);
    }
    return result;
  };
  return convert;
}

function union(branches: readonly Schema[], known: Map<RecordSchema, Convert>): Conversion {
  const conversions = new Map<string, Conversion>(branches.map((branch) => [branchName(branch), of(branch, known)]));
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const [name = ''] = Object.keys(value);
    const conversion = conversions.get(name) ?? 'same';
    if (conversion === 'same') return value;
    return { [name]: convertField(name, conversion, (value as Record<string, unknown>)[name]) };
  };
}
