import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodesUsing, type TopologyGraph } from '@headrace/core';

/** Returns the nodes with a function of a file that the trace of an error goes through. */
export function nodesThatUse(error: Error, { directory, nodes }: TopologyGraph): readonly string[] {
  const trace = error.stack ?? '';
  const passes = (file: string): boolean => {
    const full = resolve(directory, file);
    return [full, pathToFileURL(full).href].some((name) => trace.includes(`${name}:`));
  };
  return nodesUsing(nodes.values(), passes);
}
