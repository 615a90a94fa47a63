/** Holds an Avro duration: three numbers of 32 bits without a sign, which cannot be turned into each other. */
export interface Duration {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

/** Reads the twelve bytes of a duration (Avro 1.12, "Duration"). */
export function durationOfBytes(bytes: Uint8Array): Duration {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { months: view.getUint32(0, true), days: view.getUint32(4, true), milliseconds: view.getUint32(8, true) };
}

/** Writes a duration as twelve bytes; undefined for a value that is none. */
export function bytesOfDuration(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { months, days, milliseconds } = value as Partial<Record<keyof Duration, unknown>>;
  if (!isUint32(months) || !isUint32(days) || !isUint32(milliseconds)) return undefined;
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, months, true);
  view.setUint32(4, days, true);
  view.setUint32(8, milliseconds, true);
  return bytes;
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value >>> 0 === value;
}
