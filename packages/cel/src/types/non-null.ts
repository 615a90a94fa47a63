import { NOTHING, type CelType } from './cel-type.ts';

/** Takes null away from a type; of the type `null` nothing is left but an empty `dyn`. */
export function nonNull(type: CelType): CelType {
  if (type.kind === 'nullable') return nonNull(type.of);
  return type.kind === 'null' ? NOTHING : type;
}
