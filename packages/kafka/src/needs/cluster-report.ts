import type { NodeId, TopicCreation } from '@headrace/core';
import type { Difference } from './compare-topic.ts';

/** How a topic that is known by name stands. */
export interface TopicReport {
  readonly kind: 'topic';
  readonly name: string;
  /** What it is to the topology, in words: `read by "orders"`. */
  readonly uses: string;
  /** The nodes that read or write it; none where only dead letters go there. */
  readonly nodes: readonly NodeId[];
  /** Whether the topology writes it, so that `apply` makes it. */
  readonly isOwn: boolean;
  readonly create: TopicCreation | null;
  readonly state: 'fine' | 'missing' | 'differs' | 'refused';
  /** What is there; null where that is not known. */
  readonly partitions: number | null;
  readonly replication: number | null;
  readonly differences: readonly Difference[];
  /** The right that is missing to see it, or all of it. */
  readonly right: string | null;
}

/** The topics that a regular expression of a source matches. */
export interface PatternReport {
  readonly kind: 'pattern';
  readonly name: string;
  readonly nodes: readonly NodeId[];
  readonly state: 'fine' | 'missing';
  readonly topics: readonly string[];
}

/** How the group stands: `differs` where it has positions that do not exist any more. */
export interface GroupReport {
  readonly kind: 'group';
  readonly name: string;
  readonly state: 'fine' | 'differs' | 'refused';
  readonly members: number;
  /** How many of the partitions that are read have a position. */
  readonly committed: number;
  readonly partitions: number;
  readonly differences: readonly Difference[];
  readonly right: string | null;
}

/** Whether a subject of the schema registry holds what a sink writes. */
export interface SubjectReport {
  readonly kind: 'subject';
  readonly name: string;
  readonly nodes: readonly NodeId[];
  readonly part: 'key' | 'value';
  readonly state: 'fine' | 'missing';
  /** The id of the schema; null where the subject lacks it. */
  readonly id: number | null;
  /** Whether a run registers the schema by itself. */
  readonly register: boolean;
}

/** One thing that a topology needs, and how it stands. */
export type ReportItem = TopicReport | PatternReport | GroupReport | SubjectReport;

/** What a topology needs of its cluster against what is there; plain data. */
export interface ClusterReport {
  readonly topology: string;
  /** How many brokers the cluster has. */
  readonly brokers: number;
  readonly items: readonly ReportItem[];
}

/** Tells whether everything is as the topology needs it. */
export function isFine({ items }: ClusterReport): boolean {
  return items.every(({ state }) => state === 'fine');
}
