import { durationFormat } from '../component/duration.ts';
import { functionKeyword } from '../component/option-schemas.ts';
import { sizeFormat } from '../component/size.ts';
import { UserFunction } from '../component/user-function.ts';
import { shorten } from './format-path.ts';

interface AnySchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly [functionKeyword]?: boolean;
}

/** Says in words what a schema takes: `a text`, `a whole number or "auto"`. */
export function describeSchema(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'something else';
  const { type, const: only, enum: values, format, items, anyOf, oneOf } = schema as AnySchema;
  const branches = anyOf ?? oneOf;
  if ((schema as AnySchema)[functionKeyword] === true) return 'a function such as { "$use": "./score.ts#score" }';
  if (branches !== undefined) return either(branches.map(describeSchema));
  if (only !== undefined) return JSON.stringify(only);
  if (values !== undefined) return either(values.map((value) => JSON.stringify(value)));
  if (format === durationFormat) return 'a duration such as "10s"';
  if (format === sizeFormat) return 'a size such as "64MiB"';
  if (type === 'array') return items === undefined ? 'a list' : `a list of ${plural(describeSchema(items))}`;
  if (Array.isArray(type)) return either(type.map((one: string) => typeWords[one] ?? one));
  return typeWords[String(type)] ?? 'something else';
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** Says in words what a value is; texts and numbers are shown short. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${JSON.stringify(shorten(value, 40))}`;
  if (value instanceof UserFunction || typeof value === 'function') return 'a function';
  if (typeof value === 'object') return 'an object';
  return shorten(String(value as number | boolean | undefined), 40);
}

function either(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2 ? (unique[0] ?? 'something else') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

function plural(words: string): string {
  return /^an? \w+$/.test(words) ? `${words.replace(/^an? /, '')}s` : words;
}
