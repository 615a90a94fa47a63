import { check, interpreter, type CelType } from '@headrace/cel';

/**
 * Prints a value of an expression as JSON: ints exactly, times and durations as expressions write them, bytes as base64, decimals
 * and what is no number of JSON (`NaN`, `Infinity`) as text.
 */
export function valueText(value: unknown, type: CelType): string {
  if (value === null || value === undefined) return 'null';
  switch (type.kind) {
    case 'nullable':
    case 'optional':
      return valueText(value, type.of);
    case 'timestamp':
    case 'duration':
      return JSON.stringify(textOf(value, type));
    case 'list':
      return list(value as readonly unknown[], () => type.element);
    case 'map':
      return entries(value as object, () => type.value);
    case 'record':
      return entries(value as object, (name) => type.fields.get(name) ?? { kind: 'dyn' });
    default:
      return plainText(value);
  }
}

function textOf(value: unknown, type: CelType): string {
  const { checked } = check('string(it)', { variables: new Map([['it', type]]) });
  return String(interpreter(checked!)(() => value));
}

function plainText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${String(value)}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (isDecimal(value)) return JSON.stringify(textOf(value, { kind: 'decimal' }));
  const open = (): CelType => ({ kind: 'dyn' });
  return Array.isArray(value) ? list(value as readonly unknown[], open) : entries(value, open);
}

function isDecimal(value: object): boolean {
  return Object.hasOwn(value, 'unscaled') && typeof (value as { unscaled: unknown }).unscaled === 'bigint';
}

function list(items: readonly unknown[], typeOf: () => CelType): string {
  return `[${items.map((item) => valueText(item, typeOf())).join(',')}]`;
}

function entries(value: object, typeOf: (name: string) => CelType): string {
  const pairs = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  const members = pairs.map(
    ([name, item]) => `${JSON.stringify(String(name))}:${valueText(item, typeOf(String(name)))}`,
  );
  return `{${members.join(',')}}`;
}
