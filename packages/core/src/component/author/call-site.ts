import { fileURLToPath } from 'node:url';

/** Where in the author's TypeScript a call stands; lines and columns begin at 1. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds where `callee` was called from, as the source maps say where Node follows them; null where the engine does not tell. */
export function callSite(callee: (...input: never[]) => unknown): CallSite | null {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, callee);
  const stack = holder.stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  const frame = /^\s*at (?:.*? \()?(.+?):(\d+):(\d+)\)?$/m.exec(stack);
  if (frame === null) return null;
  const [, place, line, column] = frame as unknown as [string, string, string, string];
  const file = place.startsWith('file:') ? fileURLToPath(place.replace(/\?.*$/, '')) : place;
  return { file, line: Number(line), column: Number(column) };
}
