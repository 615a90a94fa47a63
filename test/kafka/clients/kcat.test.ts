import { expect, it } from 'vitest';
import { committedOffsets } from '../group-offsets.ts';
import { createTopic, partitionRanges, uniqueName } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';
import { describeBrokers } from './both-brokers.ts';
import { kcat } from './kcat.ts';

interface Listing {
  readonly brokers: readonly { readonly name: string }[];
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly { readonly leader: number }[] }[];
}

const linesOf = (output: string): string[] => output.split('\n').filter((line) => line !== '');

describeBrokers('kcat', (bootstrap) => {
  it('lists nodes, topics and offsets', async () => {
    const topic = await createTopic(bootstrap(), 'kcat', { partitions: 3 });
    const { brokers, topics } = JSON.parse(await kcat(bootstrap(), ['-L', '-J'])) as Listing;
    expect(brokers.map(({ name }) => name).sort()).toEqual(bootstrap().split(',').sort());
    const found = topics.find((each) => each.topic === topic);
    expect(found?.partitions.map(({ leader }) => leader >= 1)).toEqual([true, true, true]);
    await kcat(bootstrap(), ['-P', '-t', topic, '-p', '2'], 'a\nb\n');
    expect(await kcat(bootstrap(), ['-Q', '-t', `${topic}:2:-1`])).toContain(`${topic} [2] offset 2`);
  });

  it('writes in a transaction, which it commits', async () => {
    const topic = await createTopic(bootstrap(), 'kcat');
    const values = Array.from({ length: 50 }, (_, n) => `v${n}`);
    await kcat(
      bootstrap(),
      ['-P', '-t', topic, '-X', `transactional.id=${uniqueName('kcat')}`],
      `${values.join('\n')}\n`,
    );
    // The marker of the commit takes an offset; it comes after the answer.
    await waitUntil(
      () => partitionRanges(bootstrap(), topic),
      ([range]) => range?.stableEnd === 51 && range.end === 51,
      { what: 'the transaction has ended' },
    );
    const read = ['-C', '-t', topic, '-e', '-q', '-X', 'isolation.level=read_committed'];
    expect(linesOf(await kcat(bootstrap(), read))).toEqual(values);
  });

  it('reads as a member of a group, and goes on where the group was', async () => {
    const topic = await createTopic(bootstrap(), 'kcat', { partitions: 2 });
    const group = uniqueName('kcat-group');
    const member = [
      '-G',
      group,
      '-e',
      '-q',
      '-X',
      'auto.offset.reset=earliest',
      '-X',
      'heartbeat.interval.ms=200',
      topic,
    ];
    for (const part of ['a', 'b']) {
      for (const partition of ['0', '1'])
        await kcat(bootstrap(), ['-P', '-t', topic, '-p', partition], `${part}${partition}\n`);
      expect(linesOf(await kcat(bootstrap(), member)).sort()).toEqual([`${part}0`, `${part}1`]);
    }
    expect(await committedOffsets(bootstrap(), group, topic)).toMatchObject([{ offset: 2 }, { offset: 2 }]);
  });
});
