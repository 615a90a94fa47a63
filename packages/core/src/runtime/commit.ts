import type { Split } from '../record/record-batch.ts';
import type { StoredPosition } from './positions.ts';

/** Where positions are kept: the state directory, or Kafka's group. */
export interface PositionStore {
  commit(positions: ReadonlyMap<Split, StoredPosition>): Promise<void>;
}

interface Batch {
  readonly positions: Map<Split, StoredPosition>;
  readonly done: Promise<void>;
  run(): Promise<void>;
}

/** Commits positions to one store, one commit at a time: what comes while one is under way goes together with the next. */
export class Committer {
  readonly #store: PositionStore;
  #next: Batch | null = null;
  #underWay: Batch | null = null;
  #running = false;

  constructor(store: PositionStore) {
    this.#store = store;
  }

  /** Commits a position; resolves when it is kept. Positions of one split must come in order. */
  commit(split: Split, position: StoredPosition): Promise<void> {
    this.#next ??= this.#batch();
    this.#next.positions.set(split, position);
    const { done } = this.#next;
    void this.#run();
    return done;
  }

  /**
   * Lets go of a split: what waits for it is forgotten, so that nobody's commit carries it, and what is under way is waited for.
   * Resolves to the position that this last commit has kept, or null. Whoever committed must not wait for what was forgotten.
   */
  async release(split: Split): Promise<StoredPosition | null> {
    this.#next?.positions.delete(split);
    const position = this.#underWay?.positions.get(split);
    if (position === undefined) return null;
    return this.#underWay?.done.then(
      () => position,
      () => null,
    ) as Promise<StoredPosition | null>;
  }

  #batch(): Batch {
    const positions = new Map<Split, StoredPosition>();
    let settle: { resolve: () => void; reject: (error: unknown) => void };
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    done.catch(() => {});
    return {
      positions,
      done,
      run: () =>
        this.#store.commit(positions).then(
          () => settle.resolve(),
          (error: unknown) => settle.reject(error),
        ),
    };
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // Lets the tasks of one turn share a commit.
    await Promise.resolve();
    while (this.#next !== null) {
      this.#underWay = this.#next;
      this.#next = null;
      if (this.#underWay.positions.size > 0) await this.#underWay.run();
    }
    this.#underWay = null;
    this.#running = false;
  }
}
