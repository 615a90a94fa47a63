import { Type } from './option-type.ts';

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** The name of the schema format of a size; validation gives `WRONG_SIZE`. */
export const sizeFormat = 'headrace-size';

/** Makes the schema of an option that is a size. */
export function sizeOption(description: string) {
  return Type.String({ format: sizeFormat, description });
}

/** Reads a size (`64kB` = 64,000, `64KiB` = 65,536) as bytes; null where the text is none. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([A-Za-z]{1,3})$/.exec(text);
  const unit = match === null ? undefined : unitBytes[match[2] as string];
  if (match === null || unit === undefined) return null;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
