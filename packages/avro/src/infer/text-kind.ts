import type { PrimitiveSchema } from '../schema.ts';

/** Says what a text is: any, a date, or a time with so many digits of a second that a unit holds it. */
export type TextKind =
  | { readonly is: 'text' }
  | { readonly is: 'date' }
  | { readonly is: 'timestamp' | 'local-timestamp'; readonly unit: 'millis' | 'micros' | 'nanos' };

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;
const UNITS = ['millis', 'micros', 'nanos'] as const;
const TEXT: TextKind = { is: 'text' };

/** Returns what a text is by itself. */
export function textKind(text: string): TextKind {
  if (text.length > 40) return TEXT;
  if (DATE.test(text)) return isDate(text) ? { is: 'date' } : TEXT;
  const time = TIME.exec(text);
  if (time === null || !isDate(time[1] as string)) return TEXT;
  const digits = (time[3] ?? '').replace(/0+$/, '').length;
  const unit = digits <= 3 ? 'millis' : digits <= 6 ? 'micros' : 'nanos';
  return { is: time[4] === undefined ? 'local-timestamp' : 'timestamp', unit };
}

/** Returns what two texts are together. */
export function joinText(a: TextKind | null, b: TextKind): TextKind {
  if (a === null) return b;
  if (a.is !== b.is) return TEXT;
  if (!('unit' in a) || !('unit' in b)) return a;
  return UNITS.indexOf(a.unit) < UNITS.indexOf(b.unit) ? b : a;
}

/** Returns the type of values that are such texts. */
export function textType(kind: TextKind | null): PrimitiveSchema {
  if (kind === null || kind.is === 'text') return { kind: 'string' };
  if (kind.is === 'date') return { kind: 'int', logical: { type: 'date' } };
  return { kind: 'long', logical: { type: `${kind.is}-${kind.unit}` } };
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
