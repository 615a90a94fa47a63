import { describe } from 'vitest';
import type { ClusterHandle } from '../cluster-handle.ts';
import { adminScenarios } from './admin.ts';
import { groupScenarios } from './groups.ts';
import { producerScenarios } from './producers.ts';
import { recordScenarios } from './records.ts';
import { topicScenarios } from './topics.ts';
import { transactionScenarios } from './transactions.ts';

/** Declares all scenarios: they are the same, assertions and error codes included, on the embedded broker and on Apache Kafka. */
export function allScenarios(cluster: () => ClusterHandle): void {
  describe('topics', () => topicScenarios(cluster));
  describe('records', () => recordScenarios(cluster));
  describe('idempotent producers', () => producerScenarios(cluster));
  describe('groups', () => groupScenarios(cluster));
  describe('administration', () => adminScenarios(cluster));
  describe('transactions', () => transactionScenarios(cluster));
}
