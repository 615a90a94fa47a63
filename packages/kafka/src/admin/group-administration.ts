import { HeadraceError, type TopicPartition } from '@headrace/core';
import {
  deleteGroupsApi,
  describeGroupsApi,
  errorCode,
  findCoordinatorApi,
  kafkaError,
  offsetCommitApi,
  offsetFetchApi,
} from '@headrace/protocol';
import { answerError } from '../cluster/answer-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { retryTransient } from '../retry-transient.ts';
import { parseTopicPartition, topicPartition } from '../topic-partition.ts';
import { asKafkaError } from './as-kafka-error.ts';

/** A member of a group, as the broker knows it. */
export interface FoundMember {
  readonly clientId: string;
  readonly host: string;
}

/** A group as the cluster has it; one that nobody ever joined has no members and the state `Dead`. */
export interface FoundGroup {
  readonly state: string;
  readonly members: readonly FoundMember[];
}

const ofAMember = [
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'FENCED_MEMBER_EPOCH',
  'NON_EMPTY_GROUP',
];

/** Asks about groups, moves their positions and deletes them. */
export class GroupAdministration {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Returns the state and the members of a group. */
  async describe(group: string): Promise<FoundGroup> {
    return this.#ask(group, `does not describe group "${group}"`, async (coordinator, fail) => {
      const { groups } = await this.#cluster.ask(coordinator, 'metadata', describeGroupsApi, { groups: [group] });
      const found = groups[0];
      const code = found?.errorCode ?? -1;
      if (code === errorCode('GROUP_ID_NOT_FOUND')) return { state: 'Dead', members: [] };
      if (found === undefined || code !== errorCode('NONE')) throw fail(code);
      const members = found.members.map(({ clientId, clientHost }) => ({
        clientId,
        host: clientHost.replace(/^\//, ''),
      }));
      return { state: found.groupState, members };
    });
  }

  /** Returns what a group has committed, of all topics. */
  async positions(group: string): Promise<ReadonlyMap<TopicPartition, number>> {
    return this.#ask(group, `does not tell the positions of group "${group}"`, async (coordinator, fail) => {
      // Kafka 2.4 tells what an open transaction may still change.
      const body = (version: number) => ({
        groupId: group,
        topics: null,
        ...(version >= 7 && { requireStable: true }),
      });
      const answer = await this.#cluster.ask(coordinator, 'metadata', offsetFetchApi, body, { newest: 7 });
      if (answer.errorCode !== undefined && answer.errorCode !== errorCode('NONE')) throw fail(answer.errorCode);
      const positions = new Map<TopicPartition, number>();
      for (const { name, partitions } of answer.topics ?? []) {
        for (const { partitionIndex, committedOffset, errorCode: code } of partitions) {
          if (code !== errorCode('NONE')) throw fail(code);
          if (committedOffset >= 0) positions.set(topicPartition(name, partitionIndex), committedOffset);
        }
      }
      return positions;
    });
  }

  /** Sets positions of a group that has no members. Fails with GROUP_IN_USE where it has some, and with KAFKA_NOT_ALLOWED. */
  async setPositions(group: string, positions: ReadonlyMap<TopicPartition, number>): Promise<void> {
    if (positions.size === 0) return;
    const topics = new Map<string, { partitionIndex: number; committedOffset: number; committedMetadata: string }[]>();
    for (const [name, committedOffset] of positions) {
      const { topic, partition } = parseTopicPartition(name);
      const list = topics.get(topic) ?? [];
      list.push({ partitionIndex: partition, committedOffset, committedMetadata: '' });
      topics.set(topic, list);
    }
    const body = {
      groupId: group,
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
    };
    await this.#ask(group, `does not move the positions of group "${group}"`, async (coordinator, fail) => {
      const answer = await this.#cluster.ask(coordinator, 'metadata', offsetCommitApi, body, { newest: 9 });
      for (const { name, partitions } of answer.topics) {
        const refused = partitions.find(({ errorCode: code }) => code !== errorCode('NONE'));
        if (refused !== undefined) throw fail(refused.errorCode, `Read on topic "${name}"`);
      }
    });
  }

  /** Deletes a group and its positions; false where there is none. Fails with GROUP_IN_USE where it has members, and with KAFKA_NOT_ALLOWED. */
  async delete(group: string): Promise<boolean> {
    return this.#ask(group, `does not delete group "${group}"`, async (coordinator, fail) => {
      const body = { groupsNames: [group] };
      const { results } = await this.#cluster.ask(coordinator, 'metadata', deleteGroupsApi, body);
      const code = results[0]?.errorCode ?? -1;
      if (code === errorCode('GROUP_ID_NOT_FOUND')) return false;
      if (code !== errorCode('NONE')) throw fail(code, `Delete on group "${group}"`);
      return true;
    });
  }

  /** Asks the coordinator of a group, which is looked for anew at each attempt. */
  #ask<R>(
    group: string,
    what: string,
    question: (coordinator: number, fail: (code: number, right?: string) => HeadraceError) => Promise<R>,
  ): Promise<R> {
    const fail = (code: number, right = `Read on group "${group}"`): HeadraceError => {
      const { name } = kafkaError(code);
      if (ofAMember.includes(name))
        return new HeadraceError('GROUP_IN_USE', `Kafka ${what}: the group has members (${name}).`);
      const isGroup = name === 'GROUP_AUTHORIZATION_FAILED' && !right.endsWith(`group "${group}"`);
      return answerError(code, what, { right: isGroup ? `Read on group "${group}"` : right });
    };
    return retryTransient(
      this.#cluster.clock,
      (thrown) => asKafkaError(thrown, what),
      async () => question(await this.#coordinatorOf(group, fail), fail),
    );
  }

  async #coordinatorOf(group: string, fail: (code: number) => HeadraceError): Promise<number> {
    const body = { key: group, keyType: 0, coordinatorKeys: [] };
    const answer = await this.#cluster.ask('any', 'metadata', findCoordinatorApi, body, { newest: 3 });
    const { errorCode: code, nodeId } = answer;
    if (code !== errorCode('NONE')) throw fail(code);
    await this.#cluster.refresh();
    return nodeId;
  }
}
