import { HeadraceError } from '@headrace/core';
import {
  errorCode,
  findCoordinatorApi,
  type ApiDefinition,
  type RequestInput,
  type ResponseOf,
} from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { AskOptions, Cluster } from '../cluster/cluster.ts';

/** How a coordinator is asked. */
export interface AskCoordinatorOptions extends AskOptions {
  readonly role: 'join' | 'group';
  readonly newest: number;
}

/** The broker that keeps a group, found when it is needed and found anew when it has moved. */
export class GroupCoordinator {
  readonly group: string;
  readonly cluster: Cluster;
  #finding: Promise<number> | null = null;
  #node: number | null = null;

  constructor(cluster: Cluster, group: string) {
    this.cluster = cluster;
    this.group = group;
  }

  /** Returns the id of the broker, asking where it is not known. Rejects, retryable, while nobody coordinates the group. */
  node(): Promise<number> {
    if (this.#node !== null) return Promise.resolve(this.#node);
    this.#finding ??= this.#find().finally(() => (this.#finding = null));
    return this.#finding;
  }

  /** Forgets who coordinates the group, if it is who the caller thinks. */
  forget(node: number): void {
    if (this.#node === node) this.#node = null;
  }

  /** Asks a broker in the newest version that both sides know; `body` makes what that version can carry. */
  ask<A extends ApiDefinition>(
    node: number,
    api: A,
    body: (version: number) => RequestInput<A>,
    { role, ...options }: AskCoordinatorOptions,
  ): Promise<ResponseOf<A>> {
    return this.cluster.ask(node, role, api, body, options);
  }

  async #find(): Promise<number> {
    const { cluster, group } = this;
    const version = (await cluster.connections.versions('any', 'metadata')).versionOf(findCoordinatorApi) ?? 0;
    const body = version >= 4 ? { keyType: 0, coordinatorKeys: [group] } : { key: group };
    const answer = await cluster.ask('any', 'metadata', findCoordinatorApi, body, { newest: 4 });
    const found = version >= 4 ? answer.coordinators.find(({ key }) => key === group) : answer;
    if (found === undefined)
      throw new HeadraceError('KAFKA_FAILED', `Kafka did not say who coordinates group "${group}".`);
    if (found.errorCode !== errorCode('NONE'))
      throw answerError(found.errorCode, `does not say who coordinates group "${group}"`, {
        message: found.errorMessage,
      });
    try {
      await cluster.connections.versions(found.nodeId, 'group');
    } catch (error) {
      // It may be a broker that metadata has not named yet.
      if (error instanceof HeadraceError && error.retryable) await cluster.refresh();
      throw error;
    }
    this.#node = found.nodeId;
    return found.nodeId;
  }
}
