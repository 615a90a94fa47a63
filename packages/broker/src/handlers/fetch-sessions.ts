import { errorCode, type fetchApi, type RequestOf } from '@headrace/protocol';

type Request = RequestOf<typeof fetchApi>;

/** A partition that is fetched, and what the last answer of its session said of it. */
export interface FetchedPartition {
  readonly topicId: string;
  readonly topic: string;
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number;
  readonly maxBytes: number;
  told: string | null;
}

/** What a fetch asks for, sessions resolved. */
export interface FetchScope {
  /** 0 where there is no session. */
  readonly sessionId: number;
  readonly partitions: readonly FetchedPartition[];
  /** True where the answer holds only what changed. */
  readonly isIncremental: boolean;
}

interface Session {
  readonly usesIds: boolean;
  epoch: number;
  readonly partitions: Map<string, FetchedPartition>;
}

const finalEpoch = -1;
const firstEpoch = 0;
const mostSessions = 1000;

/** The fetch sessions of one node (KIP-227): a client names all its partitions once and then only what changes. */
export class FetchSessions {
  readonly #sessions = new Map<number, Session>();
  #lastId = 0;

  /** Returns what a request asks for, or the error code of a session that there is not. */
  resolve(request: Request, usesIds: boolean): FetchScope | { readonly errorCode: number } {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === finalEpoch || sessionEpoch === firstEpoch) {
      this.#sessions.delete(sessionId);
      const partitions = partitionsOf(request);
      const isSession = sessionEpoch === firstEpoch && partitions.length > 0;
      return { sessionId: isSession ? this.#open(partitions, usesIds) : 0, partitions, isIncremental: false };
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return { errorCode: errorCode('FETCH_SESSION_ID_NOT_FOUND') };
    if (session.epoch !== sessionEpoch) return { errorCode: errorCode('INVALID_FETCH_SESSION_EPOCH') };
    if (session.usesIds !== usesIds) return { errorCode: errorCode('FETCH_SESSION_TOPIC_ID_ERROR') };
    session.epoch = sessionEpoch === 2 ** 31 - 1 ? 1 : sessionEpoch + 1;
    update(session, request);
    if (session.partitions.size === 0) {
      this.#sessions.delete(sessionId);
      return { sessionId: 0, partitions: [], isIncremental: false };
    }
    return { sessionId, partitions: [...session.partitions.values()], isIncremental: true };
  }

  /** Forgets all sessions, as a node does that is started anew. */
  clear(): void {
    this.#sessions.clear();
  }

  #open(partitions: readonly FetchedPartition[], usesIds: boolean): number {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= mostSessions && oldest !== undefined) this.#sessions.delete(oldest);
    this.#lastId = (this.#lastId % (2 ** 31 - 1)) + 1;
    this.#sessions.set(this.#lastId, {
      usesIds,
      epoch: 1,
      partitions: new Map(partitions.map((partition) => [keyOf(partition), partition])),
    });
    return this.#lastId;
  }
}

function update({ partitions }: Session, request: Request): void {
  for (const { topicId, topic, partitions: numbers } of request.forgottenTopicsData)
    for (const partition of numbers) partitions.delete(keyOf({ topicId, topic, partition }));
  for (const partition of partitionsOf(request)) {
    const key = keyOf(partition);
    partition.told = partitions.get(key)?.told ?? null;
    partitions.set(key, partition);
  }
}

function partitionsOf(request: Request): readonly FetchedPartition[] {
  return request.topics.flatMap(({ topicId, topic, partitions }) =>
    partitions.map(({ partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes }) => ({
      topicId,
      topic,
      partition,
      currentLeaderEpoch,
      fetchOffset,
      lastFetchedEpoch,
      maxBytes: partitionMaxBytes,
      told: null,
    })),
  );
}

/** Either name or id is the same for all. */
function keyOf({ topicId, topic, partition }: Pick<FetchedPartition, 'topicId' | 'topic' | 'partition'>): string {
  return `${topicId}/${topic}/${partition}`;
}
