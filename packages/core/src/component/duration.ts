import { Type } from './option-type.ts';

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const order = ['d', 'h', 'm', 's', 'ms'];
const isoPattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;
const isoUnits = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** The name of the schema format of a duration; validation gives `WRONG_DURATION`. */
export const durationFormat = 'headrace-duration';

/** Makes the schema of an option that is a duration. */
export function durationOption(description: string) {
  return Type.String({ format: durationFormat, description });
}

/** Reads a duration (`500ms`, `10s`, `1h30m`, `2d`, ISO 8601) as milliseconds; null where the text is none. */
export function parseDuration(text: string): number | null {
  if (text.length > 64) return null;
  const total = text.startsWith('P') ? isoMs(text) : unitsMs(text);
  return total !== null && total <= Number.MAX_SAFE_INTEGER ? total : null;
}

// Each unit at most once, from the largest to the smallest, so that `30m1h` and `5m5m` are not taken for something meant.
function unitsMs(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return null;
  let total = 0;
  let last = -1;
  for (const part of parts) {
    const unit = part[2] as string;
    const rank = order.indexOf(unit);
    if (rank <= last) return null;
    last = rank;
    total += Number(part[1]) * (unitMs[unit] as number);
  }
  return Math.round(total * 1000) / 1000;
}

function isoMs(text: string): number | null {
  const match = isoPattern.exec(text);
  if (match === null || /[PT]$/.test(text)) return null;
  return isoUnits.reduce((total, unit, index) => total + Number(match[index + 1] ?? 0) * unit, 0);
}
