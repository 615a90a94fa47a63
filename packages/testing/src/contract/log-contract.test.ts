import { describe, it } from 'vitest';
import { InMemoryLog } from '../log/in-memory-log.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { logContract } from './log-contract.ts';

describe('InMemoryLog', () => {
  const scenarios = logContract(async () => {
    const clock = new VirtualClock();
    const log = new InMemoryLog({ clock });
    let going = true;
    // The scenarios wait as on a real clock: virtual time goes on by itself, a little with every turn of the event loop.
    const tick = (): void => {
      clock.advance(1);
      if (going) setImmediate(tick);
    };
    setImmediate(tick);
    return {
      log,
      async createTopic(name, partitions) {
        log.createTopic(name, partitions);
      },
      async deleteBefore(partition, offset) {
        log.truncate(partition, offset);
      },
      async close() {
        going = false;
        await log.close();
      },
    };
  });
  for (const { name, run } of scenarios) it(name, run);
});
