import type { ApiDefinition, BrokerVersions, Connections, RequestInput, ResponseOf } from '@headrace/protocol';
import { errorCode, metadataApi } from '@headrace/protocol';

/** What a fake cluster says of a topic: its identity and, by partition, the broker that leads it (-1 for none). */
export interface FakeTopic {
  readonly id: string;
  readonly leaders: readonly number[];
}

type Handler = (body: unknown, broker: number | 'any') => unknown;

/** Answers requests by what a test says, at once and without sockets. Metadata is answered from `topics`. */
export class FakeConnections implements Connections {
  readonly topics = new Map<string, FakeTopic>();
  /** How often each API was asked, by its name. */
  readonly asked = new Map<string, number>();
  readonly #handlers = new Map<string, Handler>();

  /** Answers an API; what the handler throws is how the request fails, and a promise is waited for. */
  on(api: ApiDefinition, handler: Handler): void {
    this.#handlers.set(api.name, handler);
  }

  async versions(): Promise<BrokerVersions> {
    return { versionOf: (api) => api.versions[1], featureOf: () => 0 };
  }

  async send<A extends ApiDefinition>(
    broker: number | 'any',
    _role: unknown,
    api: A,
    _version: number,
    body: RequestInput<A>,
  ): Promise<ResponseOf<A>> {
    this.asked.set(api.name, (this.asked.get(api.name) ?? 0) + 1);
    const handler = this.#handlers.get(api.name);
    if (handler !== undefined) return (await handler(body, broker)) as ResponseOf<A>;
    if (api.name === metadataApi.name) return this.#describe(body as RequestInput<typeof metadataApi>) as ResponseOf<A>;
    throw new Error(`nobody answers ${api.name}`);
  }

  learn(): void {}

  async close(): Promise<void> {}

  #describe({ topics }: RequestInput<typeof metadataApi>): unknown {
    const names = topics?.map(({ name }) => name as string) ?? [...this.topics.keys()];
    return {
      brokers: [{ nodeId: 0, host: 'fake', port: 1 }],
      topics: names.map((name) => {
        const topic = this.topics.get(name);
        if (topic === undefined) return { name, errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'), partitions: [] };
        const partitions = topic.leaders.map((leaderId, partitionIndex) => ({
          errorCode: 0,
          partitionIndex,
          leaderId,
          leaderEpoch: 1,
        }));
        return { name, errorCode: 0, topicId: topic.id, isInternal: false, partitions };
      }),
    };
  }
}
