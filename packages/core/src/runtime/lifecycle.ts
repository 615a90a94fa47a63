import { HeadraceError } from '../errors/headrace-error.ts';

/** The states of a running topology. */
export type LifecycleState = 'created' | 'starting' | 'running' | 'draining' | 'stopped' | 'failed';

const next: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  created: ['starting'],
  starting: ['running', 'draining', 'failed', 'stopped'],
  running: ['draining', 'failed', 'stopped'],
  draining: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

/** Holds the state of a running topology and lets it change only as it may. */
export class Lifecycle {
  readonly #onChange: (state: LifecycleState) => void;
  #state: LifecycleState = 'created';

  constructor(onChange: (state: LifecycleState) => void) {
    this.#onChange = onChange;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Whether nothing more happens. */
  get ended(): boolean {
    return this.#state === 'stopped' || this.#state === 'failed';
  }

  /** Changes the state; a change that may not be is an error of the runtime. */
  to(state: LifecycleState): void {
    if (!next[this.#state].includes(state))
      throw new HeadraceError('LIFECYCLE', `A topology cannot go from "${this.#state}" to "${state}".`);
    this.#state = state;
    this.#onChange(state);
  }
}
