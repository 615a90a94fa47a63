import type { CelType } from './cel-type.ts';

/** Prints a type by its CEL name: `int`, `string?` for nullable, `list(string)`, `map(string, int)`, `optional(int)`. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'record':
      return type.name ?? 'record';
    case 'nullable':
      return `${formatType(type.of)}?`;
    case 'optional':
      return `optional(${formatType(type.of)})`;
    default:
      return type.kind;
  }
}
