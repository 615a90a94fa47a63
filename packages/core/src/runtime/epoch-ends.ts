import type { RunningAsyncNode } from '../compile/async-node.ts';
import type { PlannedPlace } from '../plan/topology-plan.ts';
import type { NodeId } from '../record/record-batch.ts';
import type { Place } from '../record/task-batch.ts';
import type { Epoch, EpochLedger } from './epochs.ts';
import type { TaskSinks } from './task-sinks.ts';

/** Tells the places of one incarnation where an epoch is over, once nothing more of it can come to them. */
export class EpochEnds {
  readonly #places: readonly PlannedPlace[];
  readonly #ledger: EpochLedger;
  readonly #sinks: TaskSinks;
  readonly #asyncNode: (id: NodeId) => RunningAsyncNode;
  /** How far each epoch is at each node that is subscribed per epoch. */
  readonly #told = new Map<string, 'over' | 'passed'>();

  constructor(
    places: readonly PlannedPlace[],
    ledger: EpochLedger,
    sinks: TaskSinks,
    asyncNode: (id: NodeId) => RunningAsyncNode,
  ) {
    this.#places = places;
    this.#ledger = ledger;
    this.#sinks = sinks;
    this.#asyncNode = asyncNode;
  }

  /** Tells every place where an epoch is over; returns whether all of them know. */
  tell(epoch: Epoch): boolean {
    let told = true;
    this.#places.forEach((place, index) => {
      if (place.node === null) return;
      if (!this.#ledger.overAbove(epoch, index)) told = false;
      else if (place.kind === 'sink') this.#sinks.of(place.node).epochOver(epoch.number);
      else if (place.holds && !this.#passNode(place.node, index, epoch)) told = false;
    });
    return told;
  }

  /** Forgets an epoch that is done everywhere. */
  done(epoch: Epoch): void {
    this.#sinks.epochDone(epoch.number);
    for (const place of this.#places) this.#told.delete(`${place.node ?? ''} ${String(epoch.number)}`);
  }

  /** Ends an epoch at a node that is subscribed per epoch, which holds it until its output has completed; returns whether it has. */
  #passNode(id: NodeId, index: Place, epoch: Epoch): boolean {
    const node = this.#asyncNode(id);
    const key = `${id} ${String(epoch.number)}`;
    const told = this.#told.get(key) ?? 'no';
    if (told === 'passed') return true;
    if (told === 'no') {
      this.#told.set(key, 'over');
      node.epochOver(epoch.number);
    }
    if (!node.passed(epoch.number)) return false;
    this.#told.set(key, 'passed');
    this.#ledger.releaseHold(epoch, index);
    return true;
  }
}
