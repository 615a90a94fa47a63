/** The first byte of what Headrace adds to messages of the consumer protocol. */
const version = 1;

/** Writes what goes beside the standard fields: a version byte, then JSON. */
export function writeUserData(value: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.from(JSON.stringify(value))]);
}

/** Reads it; null where it is not Headrace's, or of a version that is not known. */
export function readUserData(bytes: Uint8Array | null): Readonly<Record<string, unknown>> | null {
  if (bytes === null || bytes[0] !== version) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.subarray(1)).toString());
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
