/** A module of an author: its file, and the nodes that call its functions. */
export interface AuthorModule {
  readonly file: string;
  readonly nodes: readonly string[];
}

/** What is known of the modules of authors that were loaded: the one that is being loaded, and the last one. */
export const authorModules: { loading: AuthorModule | null; last: AuthorModule | null } = { loading: null, last: null };

/** Says which module it is: its file, and the nodes that it is there for. */
export function namedModule({ file, nodes }: AuthorModule): string {
  const of = nodes.length === 0 ? '' : `, the file of node ${nodes.map((id) => `"${id}"`).join(' and ')},`;
  return `"${file}"${of}`;
}
