import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';

const intervalMs = 50;
const requestTimeoutMs = 5_000;

/** Java's hash of a name of one letter is its code, so that these meet each of the four partitions of the offsets topic. */
const groupsOfAllCoordinators = ['a', 'b', 'c', 'd'];

/** How to know the broker that was started from another that holds its port. */
export interface ExpectedBroker {
  readonly bootstrap: string;
  readonly clusterId: string;
  /** The nodes that its metadata must list. */
  readonly nodes: readonly number[];
}

/**
 * Waits until the broker answers ApiVersions (kafkajs begins each connection with it), its metadata lists the nodes, and what
 * the data directory holds is served. Not asked: transaction coordinators, which no request asks without leaving a trace.
 * Resolves to null when it does, else to the last thing that was wrong.
 */
export async function waitUntilReady(
  expected: ExpectedBroker,
  deadlineMs: number,
  isRunning: () => boolean,
): Promise<string | null> {
  const deadline = performance.now() + deadlineMs;
  let last = 'it was never asked';
  while (isRunning() && performance.now() < deadline) {
    const problem = await problemOf(expected);
    if (problem === null) return null;
    last = problem;
    await pause(intervalMs);
  }
  return isRunning() ? `it was not ready within ${deadlineMs / 1000} s: ${last}` : 'it exited';
}

async function problemOf({ bootstrap, clusterId: expectedId, nodes }: ExpectedBroker): Promise<string | null> {
  const client = new Kafka({
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const { brokers, clusterId } = await admin.describeCluster();
    if (clusterId !== expectedId) return `another Kafka holds ${bootstrap}`;
    const missing = nodes.find((node) => !brokers.some((broker) => broker.nodeId === node));
    if (missing !== undefined) return `the metadata does not list node ${missing}`;
    await askLeadersAndCoordinators(admin);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** After a restart the metadata lists partitions and groups some time before they are served. Rejects until they are. */
async function askLeadersAndCoordinators(admin: Admin): Promise<void> {
  const topics = await admin.listTopics();
  for (const topic of topics) await admin.fetchTopicOffsets(topic);
  if (topics.includes('__consumer_offsets')) await admin.describeGroups(groupsOfAllCoordinators);
}
