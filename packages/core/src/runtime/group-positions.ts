import type { Log, Membership, TopicPartition } from '../component/log.ts';
import type { Split } from '../record/record-batch.ts';
import type { StoredPosition } from './positions.ts';

/** The first character of the text beside each committed offset. */
const version = '1';

/** Keeps positions as the offsets of Kafka's group; the count of failed starts travels in the metadata. */
export class GroupPositions {
  readonly #log: Log;
  readonly #membership: () => Membership;

  constructor(log: Log, membership: () => Membership) {
    this.#log = log;
    this.#membership = membership;
  }

  /** Reads what the group has committed. */
  async read(partitions: readonly TopicPartition[]): Promise<Map<TopicPartition, StoredPosition>> {
    const committed = await this.#log.committed(partitions);
    return new Map(
      [...committed].map(([partition, { offset, metadata }]) => [
        partition,
        { position: offset, offset, failedStarts: failedStartsOf(metadata) },
      ]),
    );
  }

  /** Commits positions of partitions that this member owns. */
  async commit(positions: ReadonlyMap<Split, StoredPosition>): Promise<void> {
    await this.#membership().commit(
      [...positions].map(([partition, { offset, failedStarts }]) => ({
        partition: partition as TopicPartition,
        offset,
        metadata: `${version}${JSON.stringify({ failedStarts })}`,
      })),
    );
  }
}

/** Reads the count from the metadata; text of other programs counts as none. */
function failedStartsOf(metadata: string): number {
  if (!metadata.startsWith(version)) return 0;
  try {
    const { failedStarts } = JSON.parse(metadata.slice(1)) as { failedStarts?: unknown };
    return typeof failedStarts === 'number' ? failedStarts : 0;
  } catch {
    return 0;
  }
}
