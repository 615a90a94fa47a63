import type { TSchema } from 'typebox';
import type { Path } from '../component/finding.ts';

interface SecretSchema {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, SecretSchema>>;
  readonly anyOf?: readonly SecretSchema[];
  readonly items?: SecretSchema;
}

/** What stands where a schema says `secret`: a literal, the name of a parameter, or neither. */
export interface SecretPlace {
  readonly at: Path;
  readonly parameter: string | null;
  readonly literal: boolean;
}

/** Finds every value of an option that is secret, as written, before parameters are filled in. */
export function secretPlaces(schema: TSchema, value: unknown, at: Path): SecretPlace[] {
  return [...placesOf(schema as unknown as SecretSchema, value, at)];
}

function* placesOf(schema: SecretSchema, value: unknown, at: Path): Generator<SecretPlace> {
  const parameter = parameterName(value);
  if (schema.secret === true) yield { at, parameter, literal: typeof value === 'string' || typeof value === 'number' };
  if (parameter !== null || typeof value !== 'object' || value === null) return;
  for (const branch of schema.anyOf ?? []) yield* placesOf(branch, value, at);
  if (Array.isArray(value)) {
    if (schema.items !== undefined)
      for (const [index, item] of value.entries()) yield* placesOf(schema.items, item, [...at, index]);
    return;
  }
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined) yield* placesOf(part, inner, [...at, key]);
  }
}

function parameterName(value: unknown): string | null {
  const name = typeof value === 'object' && value !== null ? (value as { $param?: unknown }).$param : undefined;
  return typeof name === 'string' ? name : null;
}
