/** What is known of the modules of authors that were loaded: the one that is being loaded, and the last one. */
export const authorModules: { loading: string | null; last: string | null } = { loading: null, last: null };
