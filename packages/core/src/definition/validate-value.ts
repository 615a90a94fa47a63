import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { durationFormat, parseDuration } from '../component/duration.ts';
import type { Finding, Path } from '../component/finding.ts';
import { functionKeyword } from '../component/option-schemas.ts';
import { parseSize, sizeFormat } from '../component/size.ts';
import { UserFunction } from '../component/user-function.ts';
import { explainErrors } from './explain-errors.ts';

// Schemas carry words of our own (`secret`, kinds of options) and formats of others', which ajv need not know.
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  verbose: true,
  logger: false,
  // A validator runs a few times at most: optimizing its code takes longer than running it.
  code: { optimize: false },
  formats: {
    [durationFormat]: (text: string) => parseDuration(text) !== null,
    [sizeFormat]: (text: string) => parseSize(text) !== null,
  },
});

ajv.addKeyword({ keyword: functionKeyword, validate: (_: unknown, value: unknown) => value === standIn });

const compiled = new WeakMap<TSchema, ValidateFunction>();

/** Validates plain data by a schema and explains what is wrong, one finding a mistake. */
export function validateValue(schema: TSchema, value: unknown, at: Path): Finding[] {
  let validate = compiled.get(schema);
  if (validate === undefined) compiled.set(schema, (validate = ajv.compile(schema)));
  return validate(withStandIns(value)) ? [] : explainErrors(validate.errors ?? [], at);
}

// To a schema a function is no object, which its class would be.
const standIn = (): void => {};

function withStandIns(value: unknown): unknown {
  if (value instanceof UserFunction) return standIn;
  if (Array.isArray(value)) return value.map(withStandIns);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withStandIns(part)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
