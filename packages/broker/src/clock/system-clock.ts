import type { BrokerClock } from './broker-clock.ts';

/** The clock of the machine. */
export const systemClock: BrokerClock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  soon(run) {
    setImmediate(run);
  },
};
