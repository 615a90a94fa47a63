import type { Field, Fields } from '../schema/field.ts';
import type { Codec } from './codec.ts';

/** One field of a struct in one version. */
export interface StructField {
  readonly name: string;
  readonly codec: Codec;
  /** True where the version has the field. */
  readonly present: boolean;
  /** True where a writer must give the field: it is in every version and has no default. */
  readonly required: boolean;
  readonly tag: number | null;
  /** Returns the value where the field is absent. */
  absent(): unknown;
  isDefault(value: unknown): boolean;
}

/** Resolves the fields of a struct for one version. */
export function structFields(
  fields: Fields,
  version: number,
  codecOf: (field: Field, version: number) => Codec,
): StructField[] {
  return Object.entries(fields).map(([name, field]) => {
    const { from, to, tag, default: given } = field.options;
    const codec = codecOf(field, version);
    return {
      name,
      codec,
      present: version >= (from ?? 0) && version <= (to ?? Number.MAX_SAFE_INTEGER),
      required: from === undefined && to === undefined && tag === undefined && given === undefined,
      tag: tag ?? null,
      absent: given === undefined ? () => codec.zero() : () => given,
      isDefault: given === undefined ? (value) => codec.isZero(value) : (value) => value === given,
    };
  });
}

/** Returns the value that is written of a field: its default where the writer left it out. */
export function writtenValue(field: StructField, struct: Readonly<Record<string, unknown>>): unknown {
  const value = struct[field.name];
  return value === undefined && !field.required ? field.absent() : value;
}
