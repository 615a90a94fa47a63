/** A place in a split from which a source can go on; a JSON value. */
export type Position = string | number | boolean | null | readonly Position[] | { readonly [name: string]: Position };
