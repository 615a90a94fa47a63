import type { WrittenOffset } from '../groups/group-offsets.ts';
import { recoverLog } from '../log/recover-log.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { KeptTopic } from '../topics/topic.ts';
import type { KeptTransaction } from '../transactions/transaction.ts';
import type { Cluster } from './cluster.ts';

/** Puts into a cluster that is empty what a data directory holds. Members of groups are not kept: they join anew. */
export function restoreCluster(cluster: Cluster, data: DataDirectory): void {
  const { journal } = data;
  const starts = new Map(journal.entries('start').map(({ key, value }) => [`${key[1]}/${key[2]}`, Number(value)]));
  const topics = journal.entries('topic').map(({ value }) => value as KeptTopic);
  data.keepTopics(new Set(topics.map(({ id }) => id)));
  const now = cluster.clock.now();
  for (const kept of topics)
    for (const { index, log } of cluster.topics.restore(kept).partitions)
      recoverLog(log, data.segments(kept.id, index), starts.get(`${kept.id}/${index}`) ?? 0, now);
  for (const { key, value } of journal.entries('offset'))
    cluster.groups.getOrMake(`${key[1]}`).offsets.restore(`${key[2]}`, value as WrittenOffset, null);
  for (const { key, value } of journal.entries('pending'))
    cluster.groups.getOrMake(`${key[1]}`).offsets.restore(`${key[3]}`, value as WrittenOffset, Number(key[2]));
  const [next] = journal.entries('producers');
  const transactions = journal.entries('transaction').map(({ value }) => value as KeptTransaction);
  cluster.transactions.restore(transactions, Number(next?.value ?? 0));
}
