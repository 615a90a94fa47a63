import { expect, it } from 'vitest';
import { createTopic, uniqueName } from '../topics.ts';
import { describeBrokers } from './both-brokers.ts';
import { javaHost } from './java-host.ts';

const host = javaHost();

describeBrokers('The Java client', (bootstrap) => {
  it('commits, aborts, fences and commits positions in transactions, and reads what is committed', async () => {
    const topic = await createTopic(bootstrap(), 'transactions');
    const args = [bootstrap(), topic, uniqueName('transaction'), uniqueName('group')];
    expect((await host.succeed('Transactions', args)).trimEnd().split('\n')).toEqual([
      'committed after an abort: [a, b, c]',
      'committed beside an open one: [a, b, c]',
      'all: [a, b, c, x, y, open]',
      'the fenced one may go on: InvalidProducerEpochException',
      'committed by the second: [a, b, c, d]',
      'positions of the group: 9 note',
      'positions of a member that has left: CommitFailedException',
      'committed at the end: [a, b, c, d]',
      'positions at the end: 9 note',
    ]);
  });

  it.each(['RangeAssignor', 'CooperativeStickyAssignor'])(
    'shares a topic among static members by the %s, and goes on where they were',
    async (assignor) => {
      const topic = await createTopic(bootstrap(), 'members', { partitions: 4 });
      const args = [bootstrap(), topic, uniqueName('group'), assignor, '4'];
      expect((await host.succeed('Members', args)).trimEnd().split('\n')).toEqual([
        'shares: 2 2',
        'seen by both: [a0, a1, a2, a3]',
        'seen by the one that is left: [b0, b1, b2, b3]',
        'positions: 8',
      ]);
    },
  );
});
