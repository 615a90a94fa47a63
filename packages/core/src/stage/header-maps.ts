import type { Header } from '../record/columns.ts';

/** The headers of a record as expressions see them: by name, the last of each. */
export interface HeaderMaps {
  readonly texts: Readonly<Record<string, string | null>>;
  readonly bytes: Readonly<Record<string, Uint8Array | null>>;
}

const decoder = new TextDecoder();

/** Turns headers into maps; each is made when it is first asked for. Bytes that are no UTF-8 become replacement characters. */
export function headerMaps(headers: readonly Header[] | null): HeaderMaps {
  let texts: HeaderMaps['texts'] | null = null;
  let bytes: HeaderMaps['bytes'] | null = null;
  return {
    get texts() {
      return (texts ??= mapOf(headers, (value) => decoder.decode(value)));
    },
    get bytes() {
      return (bytes ??= mapOf(headers, (value) => value));
    },
  };
}

function mapOf<T>(headers: readonly Header[] | null, of: (value: Uint8Array) => T): Record<string, T | null> {
  const map = Object.create(null) as Record<string, T | null>;
  for (const { name, value } of headers ?? []) map[name] = value === null ? null : of(value);
  return map;
}
