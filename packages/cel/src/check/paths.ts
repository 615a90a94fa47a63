/** Collects what an expression reads of its variables. */
export class Paths {
  readonly #read = new Map<string, readonly string[]>();
  readonly #tested = new Map<string, readonly string[]>();

  /** Notes that the value at a path is used. */
  read(path: readonly string[]): void {
    this.#read.set(JSON.stringify(path), path);
  }

  /** Notes that a value is only asked whether it is null: what is read below it says so, too. */
  test(path: readonly string[]): void {
    this.#tested.set(JSON.stringify(path), path);
  }

  /** Lists the paths, none of which is the beginning of another. */
  maximal(): readonly (readonly string[])[] {
    const read = [...this.#read.values()];
    const tested = [...this.#tested.values()].filter((path) => !read.some((longer) => begins(longer, path)));
    const all = [...read, ...tested];
    return all
      .filter((path) => !all.some((other) => other !== path && other.length < path.length && begins(path, other)))
      .filter((path, i, kept) => kept.findIndex((other) => begins(other, path) && other.length === path.length) === i);
  }
}

function begins(path: readonly string[], front: readonly string[]): boolean {
  return front.length <= path.length && front.every((name, i) => name === path[i]);
}
