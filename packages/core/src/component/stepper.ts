import type { NodeId } from '../record/record-batch.ts';

/** Something that works in steps. */
export interface Stepper {
  /** The task or the node that works. */
  readonly id: string;
  /** The node that works, where it is always the same one. */
  readonly node?: NodeId;
  /** Does a piece of work; returns whether there is more to do at once. */
  step(): boolean;
}

/** Where what works in steps waits for its next one: the only place from which functions of authors are called. */
export interface TurnLine {
  /** Puts a stepper in line for a step. */
  ready(stepper: Stepper): void;
  /** Takes a stepper out of line. */
  remove(stepper: Stepper): void;
}

/** How long a turn, or a step that has a choice, may take before input, output and timers get their chance. */
export const turnMs = 5;
