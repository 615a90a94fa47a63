/** An example of a component's options, shown in the reference and executed by tests. */
export interface Example<O> {
  readonly summary: string;
  readonly options: O;
}
