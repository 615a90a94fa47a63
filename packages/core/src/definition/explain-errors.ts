import { suggest } from '@headrace/cel';
import type { ErrorObject } from 'ajv';
import type { Finding, Path } from '../component/finding.ts';
import { durationFormat } from '../component/duration.ts';
import { functionKeyword } from '../component/option-schemas.ts';
import { sizeFormat } from '../component/size.ts';
import { idPattern, namePattern } from './patterns.ts';
import { describeSchema, describeValue } from './describe-schema.ts';
import { shorten } from './format-path.ts';

/** Turns what ajv found into one finding a mistake: of a choice, only the branch that was meant speaks. */
export function explainErrors(errors: readonly ErrorObject[], at: Path): Finding[] {
  const choices = errors.filter(isChoice).sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  const consumed = new Set<ErrorObject>();
  const findings: Finding[] = [];
  for (const choice of choices) {
    if (consumed.has(choice)) continue;
    const parts = errors.filter((error) => error !== choice && isBelow(error, choice));
    for (const error of [choice, ...parts]) consumed.add(error);
    findings.push(...explainChoice(choice, parts, at));
  }
  for (const error of errors) {
    if (consumed.has(error) || error.keyword === 'propertyNames' || isEcho(error, errors)) continue;
    findings.push(explainError(error, at));
  }
  return withoutMisspelt(findings);
}

// Of a value of another type it does not matter that it is another value, too; of keys that nobody knows, that they are too many.
function isEcho({ keyword, instancePath, parentSchema }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  if (keyword === 'maxProperties')
    return errors.some((other) => other.keyword === 'additionalProperties' && other.instancePath === instancePath);
  if (keyword !== 'const' && keyword !== 'enum') return false;
  return errors.some(
    (other) => other.keyword === 'type' && other.instancePath === instancePath && other.parentSchema === parentSchema,
  );
}

// A key that is spelt wrong is one mistake, not an unknown key and a missing one.
function withoutMisspelt(findings: readonly Finding[]): Finding[] {
  const meant = findings
    .filter(({ code, suggestion }) => code === 'UNKNOWN_KEY' && suggestion !== undefined)
    .map(({ at, suggestion }) => missingKey(at.slice(0, -1), suggestion as string))
    .map((finding) => JSON.stringify([finding.at, finding.message]));
  return findings.filter(
    ({ code, at, message }) => code !== 'MISSING_KEY' || !meant.includes(JSON.stringify([at, message])),
  );
}

function isChoice(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

function isBelow(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
    (error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`))
  );
}

function explainChoice(choice: ErrorObject, parts: readonly ErrorObject[], at: Path): Finding[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of parts) {
    const branch = error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] as string;
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const meant = [...branches.values()]
    .filter((branch) => !branch.some((error) => isOtherShape(error, choice)))
    .sort((a, b) => weight(a, choice) - weight(b, choice))[0];
  if (meant !== undefined) return explainErrors(meant, at);
  const schema = { [choice.keyword]: choice.schema as unknown };
  const place = placeOf(choice, at);
  const given = describeValue(choice.data);
  const words = literals(choice.schema);
  if (words !== null && typeof choice.data === 'string') return [notAllowed(place, choice.data, words)];
  return [wrong('WRONG_TYPE', place, `must be ${describeSchema(schema)}, not ${given}.`)];
}

// The branch is not meant at all where the value as a whole has another shape.
function isOtherShape(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.instancePath === choice.instancePath && ['type', 'const', 'enum', functionKeyword].includes(error.keyword)
  );
}

// A wrong literal inside says that another branch was meant, and so do keys of another branch; what is wrong further in says so less.
function weight(branch: readonly ErrorObject[], choice: ErrorObject): number {
  return branch.reduce((sum, { keyword, instancePath }) => {
    if (keyword === 'const' || keyword === 'enum') return sum + 10;
    const isKey = keyword === 'required' || keyword === 'additionalProperties';
    return sum + (isKey && instancePath === choice.instancePath ? 3 : 1);
  }, 0);
}

function literals(schema: unknown): string[] | null {
  if (!Array.isArray(schema)) return null;
  const values = schema.map((branch: { const?: unknown }) => branch.const);
  return values.every((value) => typeof value === 'string') ? values : null;
}

function explainError(error: ErrorObject, at: Path): Finding {
  const place = placeOf(error, at);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(place, String(params.additionalProperty), Object.keys(propertiesOf(error)));
    case 'required':
      return missingKey(place, String(params.missingProperty));
    case 'type':
    case functionKeyword:
      return wrong(
        'WRONG_TYPE',
        place,
        `must be ${describeSchema(error.parentSchema)}, not ${describeValue(error.data)}.`,
      );
    case 'const':
      return notAllowed(place, error.data, [params.allowedValue]);
    case 'enum':
      return notAllowed(place, error.data, params.allowedValues as unknown[]);
    case 'format':
      return wrongFormat(place, String(params.format), String(error.data));
    default:
      return explainBound(error, place);
  }
}

function explainBound(error: ErrorObject, place: Path): Finding {
  const limit = String((error.params as { limit?: unknown }).limit);
  switch (error.keyword) {
    case 'minimum':
      return wrong('OUT_OF_RANGE', place, `must be at least ${limit}.`);
    case 'exclusiveMinimum':
      return wrong('OUT_OF_RANGE', place, `must be greater than ${limit}.`);
    case 'maximum':
      return wrong('OUT_OF_RANGE', place, `must be at most ${limit}.`);
    case 'exclusiveMaximum':
      return wrong('OUT_OF_RANGE', place, `must be less than ${limit}.`);
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return wrong(
        'NOT_ALLOWED_VALUE',
        place,
        limit === '1' ? 'must not be empty.' : `must have at least ${parts(error.keyword, limit)}.`,
      );
    case 'maxProperties':
      return tooMany(error, place, limit);
    case 'maxItems':
    case 'maxLength':
      return wrong('NOT_ALLOWED_VALUE', place, `must have at most ${parts(error.keyword, limit)}.`);
    case 'pattern':
      return wrong('NOT_ALLOWED_VALUE', place, `${quote(error.data)} is not allowed: ${patternWords(error)}.`);
    case 'uniqueItems':
      return wrong('NOT_ALLOWED_VALUE', place, 'the same entry stands twice.');
    default:
      return wrong('NOT_ALLOWED_VALUE', place, `${error.message ?? 'this is not allowed here'}.`);
  }
}

function parts(keyword: string, limit: string): string {
  const [one, several] = keyword.endsWith('Length')
    ? ['character', 'characters']
    : keyword.endsWith('Items')
      ? ['entry', 'entries']
      : ['key', 'keys'];
  return `${limit} ${limit === '1' ? one : several}`;
}

// Where one key is enough, each is another way to say the same.
function tooMany(error: ErrorObject, place: Path, limit: string): Finding {
  const [first, second] = Object.keys(error.data as object);
  if (limit !== '1' || first === undefined || second === undefined)
    return wrong('NOT_ALLOWED_VALUE', place, `must have at most ${parts(error.keyword, limit)}.`);
  const message = `"${shorten(first, 40)}" and "${shorten(second, 40)}" exclude each other.`;
  return { ...wrong('OPTIONS_CONFLICT', [...place, second], message), on: 'key' };
}

/** Makes the finding for a key that nobody reads. */
function unknownKey(at: Path, key: string, known: readonly string[]): Finding {
  const suggestion = suggest(key, known);
  const message = `the key "${shorten(key, 40)}" is not known here.`;
  return {
    code: 'UNKNOWN_KEY',
    severity: 'error',
    at: [...at, key],
    on: 'key',
    message,
    ...(suggestion && { suggestion }),
  };
}

function patternWords(error: ErrorObject): string {
  const { pattern } = error.params as { pattern: string };
  if (pattern === idPattern) return 'letters, digits and _, a letter first, at most 64';
  if (pattern === namePattern) return 'small letters, digits and hyphens, a letter first, at most 100';
  return `it must match ${pattern}`;
}

function missingKey(at: Path, key: string): Finding {
  return { ...wrong('MISSING_KEY', at, `the key "${key}" is missing.`), on: 'key' };
}

function notAllowed(at: Path, given: unknown, allowed: readonly unknown[]): Finding {
  const texts = allowed.filter((value) => typeof value === 'string');
  const suggestion = typeof given === 'string' ? suggest(given, texts) : undefined;
  const list = allowed.map((value) => JSON.stringify(value)).join(', ');
  const rule = allowed.length === 1 ? `the only value is ${list}` : `allowed are ${list}`;
  const message = `${quote(given)} is not allowed: ${rule}.`;
  return { ...wrong('NOT_ALLOWED_VALUE', at, message), ...(suggestion && { suggestion }) };
}

function wrongFormat(at: Path, format: string, given: string): Finding {
  const text = quote(given);
  if (format === durationFormat)
    return wrong(
      'WRONG_DURATION',
      at,
      `${text} is not a duration: write one with its unit, such as "500ms", "10s" or "1h30m".`,
    );
  if (format === sizeFormat)
    return wrong('WRONG_SIZE', at, `${text} is not a size: write one with its unit, such as "64kB" or "128MiB".`);
  return wrong('NOT_ALLOWED_VALUE', at, `${text} is not of the format ${format}.`);
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(shorten(value, 40)) : describeValue(value);
}

function wrong(code: string, at: Path, message: string): Finding {
  return { code, severity: 'error', at, message };
}

function propertiesOf(error: ErrorObject): object {
  return (error.parentSchema as { properties?: object } | undefined)?.properties ?? {};
}

// Ajv gives a JSON pointer, in which an index looks like a key: only the data can tell, and numbers are no ids.
function placeOf(error: ErrorObject, at: Path): Path {
  if (error.instancePath === '') return at;
  const parts = error.instancePath.slice(1).split('/');
  return [...at, ...parts.map((part) => (/^\d+$/.test(part) ? Number(part) : unescapePointer(part)))];
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
