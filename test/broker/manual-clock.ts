import { systemClock, type BrokerClock } from '@headrace/broker';

/** Time that stands still until it is told otherwise; what is to come soon comes by the event loop. */
export function manualClock(): BrokerClock & { advance(ms: number): void; waiting(): number } {
  let now = Date.now();
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run };
      if (delayMs === 0) systemClock.soon(() => timers.delete(timer) && run());
      timers.add(timer);
      return () => timers.delete(timer);
    },
    soon: (run) => systemClock.soon(run),
    waiting: () => timers.size,
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}
