import type { Header } from './columns.ts';

/** What the names of headers begin with that say to a sink where a record goes; they are no part of the record. */
export const routePrefix = '__headrace.route.';

/** Returns the headers that are the record's own. */
export function withoutRoutes(headers: readonly Header[] | null): readonly Header[] | null {
  if (headers === null || !headers.some(({ name }) => name.startsWith(routePrefix))) return headers;
  const own = headers.filter(({ name }) => !name.startsWith(routePrefix));
  return own.length === 0 ? null : own;
}
