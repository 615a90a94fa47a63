/** A node, as far as it says which functions it calls. */
export interface NodeWithOptions {
  readonly id: string;
  readonly options: unknown;
}

/** Returns the ids of the nodes that call a function of a file that is asked for; files are as the topology writes them. */
export function nodesUsing(nodes: Iterable<NodeWithOptions>, isAsked: (file: string) => boolean): readonly string[] {
  return [...nodes].filter(({ options }) => uses(options, isAsked)).map(({ id }) => id);
}

function uses(part: unknown, isAsked: (file: string) => boolean): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { origin } = part as { readonly origin?: { readonly file?: string } | null };
  if (typeof origin?.file === 'string' && isAsked(origin.file)) return true;
  return Object.values(part).some((inner) => uses(inner, isAsked));
}
