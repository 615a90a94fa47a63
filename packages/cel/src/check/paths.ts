/** Names the steps from a variable to a value: names of fields, `[]` into the elements of a list, `{}` into the values of a map. */
export type Path = readonly string[];

/** The step from a list to its elements. */
export const ELEMENTS = '[]';
/** The step from a map to its values. */
export const VALUES = '{}';

/** Collects what an expression reads of its variables. */
export class Paths {
  readonly #read = new Map<string, Path>();
  readonly #tested = new Map<string, Path>();

  /** Notes that the value at a path is used. */
  read(path: Path): void {
    this.#read.set(JSON.stringify(path), path);
  }

  /** Notes that a value is only asked whether it is null, or how many elements it has: what is read below it says so, too. */
  test(path: Path): void {
    this.#tested.set(JSON.stringify(path), path);
  }

  /** Lists the paths, lists and maps whole; none is the beginning of another. */
  whole(): readonly Path[] {
    return maximal([...this.#read.values()].map(front), [...this.#tested.values()].map(front));
  }

  /** Lists the paths with their steps into lists and maps; none is the beginning of another. */
  inner(): readonly Path[] {
    return maximal([...this.#read.values()], [...this.#tested.values()]);
  }
}

function front(path: Path): Path {
  const at = path.findIndex((step, i) => i > 0 && (step === ELEMENTS || step === VALUES));
  return at < 0 ? path : path.slice(0, at);
}

function maximal(read: readonly Path[], tested: readonly Path[]): readonly Path[] {
  const all = [...read, ...tested.filter((path) => !read.some((longer) => begins(longer, path)))];
  return all
    .filter((path) => !all.some((other) => other !== path && other.length < path.length && begins(path, other)))
    .filter((path, i, kept) => kept.findIndex((other) => begins(other, path) && other.length === path.length) === i);
}

function begins(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((name, i) => name === path[i]);
}
