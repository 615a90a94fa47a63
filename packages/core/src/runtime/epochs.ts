import type { Position } from '../component/position.ts';
import type { PlannedPlace } from '../plan/topology-plan.ts';
import { HeldBuffers, type SharedMemory } from '../record/held-buffers.ts';
import type { BatchAccount, Place } from '../record/task-batch.ts';
import type { Split } from '../record/record-batch.ts';

/** Where a split stands: the position to go on from, and the offset of its next record. */
export interface SplitPosition {
  readonly position: Position;
  readonly offset: number;
}

/** One epoch of a task: handles by place, and the positions after its last batch once it is closed. */
export interface Epoch {
  readonly number: number;
  readonly openedAt: number;
  /** Handles that live at each place. */
  readonly handles: number[];
  /** Whether each place still holds the epoch: a sink until its work is durable, a node subscribed per epoch until it is through. */
  readonly held: boolean[];
  bytes: number;
  closed: boolean;
  /** Whether every place knows that nothing more of it can come. */
  told: boolean;
  positions: ReadonlyMap<Split, SplitPosition>;
}

/**
 * Keeps the books of one incarnation of a task. Handles are counted by epoch and place; an epoch is over at a place when it is closed
 * and nothing of it lives above; it is done when nothing of it lives anywhere. Accounting only marks: `onMark` is called when a count
 * fell, and the task looks at the epochs after its step, never inside a release.
 */
export class EpochLedger implements BatchAccount {
  readonly #places: readonly PlannedPlace[];
  readonly #onMark: () => void;
  readonly #open = new Map<number, Epoch>();
  #next = 0;
  #current: Epoch | null = null;
  readonly #held = new HeldBuffers();
  #bytes = 0;
  #released = 0;

  constructor(places: readonly PlannedPlace[], onMark: () => void) {
    this.#places = places;
    this.#onMark = onMark;
  }

  /** The bytes of all handles that live, with the memory that they hold: what they share counts once. */
  get bytes(): number {
    return this.#bytes + this.#held.bytes;
  }

  /** The bytes released so far, for measuring how fast a task drains. */
  get releasedBytes(): number {
    return this.#released;
  }

  /** The epochs that are not done, oldest first. */
  get open(): Iterable<Epoch> {
    return this.#open.values();
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The epoch that takes new batches, or null. */
  get current(): Epoch | null {
    return this.#current;
  }

  /** Returns the epoch for the next batch, opening one where there is none. */
  take(now: number): Epoch {
    if (this.#current !== null) return this.#current;
    const epoch: Epoch = {
      number: this.#next++,
      openedAt: now,
      handles: this.#places.map(() => 0),
      held: this.#places.map(({ holds }) => holds),
      bytes: 0,
      closed: false,
      told: false,
      positions: new Map(),
    };
    this.#open.set(epoch.number, epoch);
    this.#current = epoch;
    return epoch;
  }

  /** Closes the current epoch at these positions. */
  close(positions: ReadonlyMap<Split, SplitPosition>): Epoch | null {
    const epoch = this.#current;
    if (epoch === null) return null;
    epoch.positions = positions;
    epoch.closed = true;
    this.#current = null;
    return epoch;
  }

  opened(number: number, place: Place, bytes: number, memory: readonly SharedMemory[] = []): void {
    const epoch = this.#open.get(number);
    if (epoch === undefined) throw new Error(`epoch ${String(number)} is not open`);
    epoch.handles[place] = (epoch.handles[place] as number) + 1;
    epoch.bytes += bytes + this.#held.hold(memory);
    this.#bytes += bytes;
  }

  closed(number: number, place: Place, bytes: number, memory: readonly SharedMemory[] = []): void {
    const epoch = this.#open.get(number);
    this.#bytes -= bytes;
    this.#released += bytes + this.#held.letGo(memory);
    if (epoch === undefined) throw new Error(`epoch ${String(number)} is not open`);
    epoch.handles[place] = (epoch.handles[place] as number) - 1;
    // Every release, not only the last of a place: a task that waits for memory is woken by it too.
    this.#onMark();
  }

  /** Ends the hold of a place on an epoch. */
  releaseHold(epoch: Epoch, place: Place): void {
    epoch.held[place] = false;
    this.#onMark();
  }

  /** Tells whether nothing of an epoch can come to a place any more. A sink that has yet to make its work durable sends nothing: it refuses only what it is given. */
  overAbove(epoch: Epoch, place: Place): boolean {
    if (!epoch.closed) return false;
    return (this.#places[place] as PlannedPlace).above.every(
      (above) => epoch.handles[above] === 0 && (epoch.held[above] === false || this.#places[above]?.kind === 'sink'),
    );
  }

  /** Takes away and returns the epochs that are done, in order, up to the first that is not. */
  takeDone(): Epoch[] {
    const done: Epoch[] = [];
    for (const epoch of this.#open.values()) {
      if (!epoch.closed || epoch.held.includes(true) || epoch.handles.some((handles) => handles !== 0)) break;
      done.push(epoch);
    }
    for (const epoch of done) this.#open.delete(epoch.number);
    return done;
  }
}
