import type { VirtualClock } from '../virtual-clock.ts';

/** Turns of the event loop without a sign of work after which what has passed is believed to have passed. */
const quietTurns = 5;
/** The same where something is still under way: real input and output may take a while. */
const patientTurns = 2000;

/** What the pump looks at. */
export interface Pumped {
  readonly clock: VirtualClock;
  /** Tells whether nothing is under way any more. */
  passed(): boolean;
  /** Throws where there is nothing to wait for any more. */
  check(): void;
}

/** How a wait ended: everything has passed, or what has not waits for virtual time. */
export type Settled = 'idle' | 'waiting';

/** Lets the event loop turn, virtual time standing still, until everything has passed or nothing moves any more. */
export async function settle(pumped: Pumped, patience = patientTurns): Promise<Settled> {
  const { clock } = pumped;
  let quiet = 0;
  for (let calls = -1; ;) {
    await clock.turn();
    if (clock.nextDue !== null && clock.nextDue <= clock.now()) clock.advance(0);
    pumped.check();
    quiet = clock.queued > 0 || clock.calls !== calls ? 0 : quiet + 1;
    calls = clock.calls;
    if (quiet >= quietTurns && pumped.passed()) return 'idle';
    if (quiet >= patience) return 'waiting';
  }
}

/** Moves virtual time on, from one due call to the next, and lets what each of them begins go as far as it can. */
export async function advance(pumped: Pumped, ms: number): Promise<Settled> {
  const { clock } = pumped;
  const target = clock.now() + ms;
  await settle(pumped, quietTurns * 4);
  for (let due = clock.nextDue; due !== null && due <= target; due = clock.nextDue) {
    clock.advanceTo(due);
    await settle(pumped, quietTurns * 4);
  }
  clock.advanceTo(target);
  return settle(pumped);
}

/** Waits for what must end by itself; virtual time goes on where nothing else does. */
export async function finish(clock: VirtualClock, ending: Promise<unknown>): Promise<void> {
  const state = { ended: false };
  const end = (): void => {
    state.ended = true;
  };
  ending.then(end, end);
  while (!state.ended) {
    const settled = await settle({ clock, passed: () => state.ended, check: () => undefined }, quietTurns * 40);
    if (settled === 'waiting' && clock.nextDue !== null) clock.advanceTo(clock.nextDue);
  }
  await ending;
}
