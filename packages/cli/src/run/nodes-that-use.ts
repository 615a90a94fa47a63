import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TopologyGraph } from '@headrace/core';

/** Returns the nodes with a function of a file that the trace of an error goes through. */
export function nodesThatUse(error: Error, graph: TopologyGraph): readonly string[] {
  const trace = error.stack ?? '';
  const passes = (file: string): boolean => {
    const full = resolve(graph.directory, file);
    return [full, pathToFileURL(full).href].some((name) => trace.includes(`${name}:`));
  };
  const files = new Set(graph.functions.flatMap(({ origin }) => (origin === null ? [] : [origin.file])).filter(passes));
  return [...graph.nodes.values()].filter(({ options }) => usesOneOf(options, files)).map(({ id }) => id);
}

function usesOneOf(part: unknown, files: ReadonlySet<string>): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { origin } = part as { readonly origin?: { readonly file?: string } | null };
  if (typeof origin?.file === 'string' && files.has(origin.file)) return true;
  return Object.values(part).some((inner) => usesOneOf(inner, files));
}
