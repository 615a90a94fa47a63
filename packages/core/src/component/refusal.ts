/** A row that a sink did not take: for a while, or for good. `row` is physical, selection aside. */
export type Refusal =
  | { readonly row: number; readonly retryAfterMs: number }
  | { readonly row: number; readonly code: string; readonly message: string };
