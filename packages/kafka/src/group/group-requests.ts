import {
  heartbeatApi,
  joinGroupApi,
  leaveGroupApi,
  syncGroupApi,
  type ApiDefinition,
  type RequestInput,
  type ResponseOf,
} from '@headrace/protocol';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { MemberEffect } from './member-effect.ts';

/** What does not change in the requests of a member; times in milliseconds. */
export interface GroupRequestsOptions {
  readonly coordinator: GroupCoordinator;
  readonly instanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** The name of Headrace's protocol in a group: members of another client have none in common with it, and the group refuses them. */
const protocolName = 'headrace';

/** As Kafka's tools know it: those who speak it have the consumer protocol's bytes. */
const protocolType = 'consumer';

type Of<K extends MemberEffect['kind']> = MemberEffect & { readonly kind: K };

/** Sends the requests of a member in the version that the coordinator speaks. */
export class GroupRequests {
  readonly #options: GroupRequestsOptions;

  constructor(options: GroupRequestsOptions) {
    this.#options = options;
  }

  /** Waits at the coordinator until the members of the next generation are there. */
  join(
    { node, memberId }: Of<'join'>,
    metadata: Buffer,
    reason: string,
    signal: AbortSignal,
  ): Promise<ResponseOf<typeof joinGroupApi>> {
    const { sessionTimeoutMs, rebalanceTimeoutMs, requestTimeoutMs } = this.#options;
    const body = (version: number): RequestInput<typeof joinGroupApi> => ({
      groupId: this.#group,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId,
      ...this.#instance,
      protocolType,
      protocols: [{ name: protocolName, metadata }],
      ...(version >= 8 && { reason }),
    });
    const timeoutMs = rebalanceTimeoutMs + requestTimeoutMs;
    return this.#ask(node, joinGroupApi, body, { role: 'join', newest: 9, timeoutMs, signal, endsConnection: true });
  }

  /** Waits at the coordinator until the leader has sent the assignments. */
  sync(
    { node, memberId, generation, assignments }: Of<'sync'>,
    signal: AbortSignal,
  ): Promise<ResponseOf<typeof syncGroupApi>> {
    const { rebalanceTimeoutMs, requestTimeoutMs } = this.#options;
    const body = (version: number): RequestInput<typeof syncGroupApi> => ({
      groupId: this.#group,
      generationId: generation,
      memberId,
      ...this.#instance,
      ...(version >= 5 && { protocolType, protocolName }),
      assignments: [...assignments].map(([member, assignment]) => ({ memberId: member, assignment })),
    });
    const timeoutMs = rebalanceTimeoutMs + requestTimeoutMs;
    return this.#ask(node, syncGroupApi, body, { role: 'join', newest: 5, timeoutMs, signal, endsConnection: true });
  }

  /** A beat that takes a third of the session is given up, so that another one can still come in time. */
  beat({ node, memberId, generation }: Of<'beat'>): Promise<ResponseOf<typeof heartbeatApi>> {
    const { sessionTimeoutMs, requestTimeoutMs } = this.#options;
    const body = () => ({ groupId: this.#group, generationId: generation, memberId, ...this.#instance });
    const timeoutMs = Math.min(requestTimeoutMs, Math.ceil(sessionTimeoutMs / 3));
    return this.#ask(node, heartbeatApi, body, { role: 'group', newest: 4, timeoutMs });
  }

  /** Leaves in one attempt: who cannot be told will find out when the session is over. */
  async leave({ memberId, why }: Of<'leave'>): Promise<void> {
    const { coordinator, instanceId, requestTimeoutMs } = this.#options;
    const body = (version: number): RequestInput<typeof leaveGroupApi> => {
      if (version < 3) return { groupId: this.#group, memberId };
      const member = { memberId, ...(instanceId !== null && { groupInstanceId: instanceId }) };
      return { groupId: this.#group, members: [{ ...member, ...(version >= 5 && { reason: why.slice(0, 200) }) }] };
    };
    const timeoutMs = requestTimeoutMs;
    await this.#ask(await coordinator.node(), leaveGroupApi, body, { role: 'group', newest: 5, timeoutMs });
  }

  get #group(): string {
    return this.#options.coordinator.group;
  }

  get #instance(): { groupInstanceId?: string } {
    const { instanceId } = this.#options;
    return instanceId === null ? {} : { groupInstanceId: instanceId };
  }

  #ask<A extends ApiDefinition>(
    node: number,
    api: A,
    body: (version: number) => RequestInput<A>,
    options: Parameters<GroupCoordinator['ask']>[3],
  ): Promise<ResponseOf<A>> {
    return this.#options.coordinator.ask(node, api, body, options);
  }
}
