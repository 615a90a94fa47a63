import type { Header } from './columns.ts';

/** What the names of headers begin with that say to a sink where a record goes; they are no part of the record. */
export const routePrefix = '__headrace.route.';

/** Returns the headers that are the record's own. */
export function withoutRoutes(headers: readonly Header[] | null): readonly Header[] | null {
  if (headers === null || !headers.some(({ name }) => name.startsWith(routePrefix))) return headers;
  const own = headers.filter(({ name }) => !name.startsWith(routePrefix));
  return own.length === 0 ? null : own;
}

/** Returns the headers that say where a record goes, without its own. */
export function onlyRoutes(headers: readonly Header[] | null): readonly Header[] | null {
  const routes = headers?.filter(({ name }) => name.startsWith(routePrefix)) ?? [];
  return routes.length === 0 ? null : routes;
}

/** Returns the text of the last header that says where a record goes under this name; null where there is none, or it is null. */
export function routeOf(headers: readonly Header[], name: string): string | null {
  const value = headers.findLast((header) => header.name === routePrefix + name)?.value ?? null;
  return value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.length).toString();
}
