import { pathToFileURL } from 'node:url';

/** A place in a file; lines and columns begin at 1. */
export interface ThrownAt {
  readonly line: number;
  readonly column: number;
}

/** Returns where in a file something was thrown or could not be parsed; null where its trace does not go through the file. */
export function thrownAt(thrown: unknown, file: string): ThrownAt | null {
  if (!(thrown instanceof Error)) return null;
  for (const line of `${thrown.message}\n${thrown.stack ?? ''}`.split('\n')) {
    const place = /[ ([](?:file:\/|\/|[A-Za-z]:\\)/.exec(line);
    if (place === null) continue;
    const [, named, at, column] = /^(.*?)(?:\?[^?]*)?:(\d+):(\d+)[)\]]?$/.exec(line.slice(place.index + 1)) ?? [];
    if (named === file || named === pathToFileURL(file).href) return { line: Number(at), column: Number(column) };
  }
  return null;
}
