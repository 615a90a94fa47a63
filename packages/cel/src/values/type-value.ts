import type { CelType } from '../types/cel-type.ts';

/** Holds what `type(x)` gives. There is one for each name, so that `===` compares them. */
export class TypeValue {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static readonly #known = new Map<string, TypeValue>();

  /** Gives the value for a name, always the same one. Names come from types of the environment, so that they are few. */
  static of(name: string): TypeValue {
    let value = TypeValue.#known.get(name);
    if (value === undefined) TypeValue.#known.set(name, (value = new TypeValue(name)));
    return value;
  }
}

/** Names the type of the values of a type that is neither nullable nor `dyn`. A record without a name is a map. */
export function typeNameOf(type: CelType): string {
  if (type.kind === 'null') return 'null_type';
  if (type.kind === 'optional') return 'optional_type';
  return type.kind === 'record' ? (type.name ?? 'map') : type.kind;
}

const names: readonly (readonly [string, string])[] = [
  ...[
    'bool',
    'int',
    'uint',
    'double',
    'string',
    'bytes',
    'list',
    'map',
    'null_type',
    'timestamp',
    'duration',
    'decimal',
    'type',
    'optional_type',
  ].map((name) => [name, name] as const),
  ['google.protobuf.Timestamp', 'timestamp'],
  ['google.protobuf.Duration', 'duration'],
];

/** Holds the values of the names that expressions may use for types. */
export const typeNames: ReadonlyMap<string, TypeValue> = new Map(
  names.map(([name, meaning]) => [name, TypeValue.of(meaning)]),
);
