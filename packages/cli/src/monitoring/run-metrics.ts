import type { CountedDurations, GraphNode, PartitionReadingState, TaskObservation } from '@headrace/core';
import type { MetricFamily, MetricsInput, Sample } from './metric-family.ts';
import { ofKind } from './record-metrics.ts';

const states = ['created', 'starting', 'running', 'draining', 'stopped', 'failed'] as const;

/** The metrics of the run itself: its state, tasks, queues, epochs, memory, commits and times. */
export const runMetrics: readonly MetricFamily[] = [
  {
    name: 'headrace_topology_state',
    type: 'gauge',
    help: 'The state of the run: 1 for the one that it is in, 0 for the others.',
    labels: ['state'],
    samples: ({ observed }) => states.map((state) => ({ labels: { state }, value: observed.state === state ? 1 : 0 })),
  },
  bySource('headrace_tasks', 'Tasks of a source that run in this process.', (tasks) =>
    tasks.reduce((sum, { running }) => sum + (running ? 1 : 0), 0),
  ),
  bySource('headrace_queue_records', 'Records that were read and wait to be taken.', (tasks) =>
    tasks.reduce((sum, { queued }) => sum + queued.records, 0),
  ),
  bySource('headrace_queue_bytes', 'Memory of what was read and waits to be taken.', (tasks) =>
    tasks.reduce((sum, { queued }) => sum + queued.bytes, 0),
  ),
  bySource('headrace_open_epochs', 'Epochs that are not committed.', (tasks) =>
    tasks.reduce((sum, { openEpochs }) => sum + openEpochs, 0),
  ),
  bySource('headrace_oldest_epoch_age_seconds', 'Age of the oldest epoch that is not committed; 0 for none.', (tasks) =>
    tasks.reduce((oldest, { oldestEpochMs }) => Math.max(oldest, oldestEpochMs / 1000), 0),
  ),
  byPartition(
    'headrace_lag_records',
    'Offsets between what is committed of a partition, or where reading began, and its end.',
    ({ lagRecords }) => lagRecords,
  ),
  byPartition(
    'headrace_held_back_seconds',
    'How long an open transaction has kept a partition from being read on; 0 for not at all.',
    ({ heldBackMs }) => heldBackMs / 1000,
  ),
  {
    name: 'headrace_tasks_blocked',
    type: 'gauge',
    help: 'Tasks that take nothing more, by the node that keeps them from it.',
    labels: ['node'],
    samples: ({ graph, observed }) =>
      [...graph.nodes.values()].filter(mayBlock).map(({ id }) => ({
        labels: { node: id },
        value: observed.tasks.filter(({ blockedBy }) => blockedBy === id).length,
      })),
  },
  {
    name: 'headrace_memory_used_bytes',
    type: 'gauge',
    help: 'Memory of what waits in queues or is under way.',
    labels: [],
    samples: ({ observed }) => [{ labels: {}, value: observed.memory.usedBytes }],
  },
  {
    name: 'headrace_memory_limit_bytes',
    type: 'gauge',
    help: 'The memory that "run.memory" allows.',
    labels: [],
    samples: ({ observed }) => [{ labels: {}, value: observed.memory.limitBytes }],
  },
  counted('headrace_commits_total', 'Commits of positions.', 'source', 'commits'),
  counted('headrace_commit_failures_total', 'Commits of positions that failed.', 'source', 'failedCommits'),
  counted('headrace_rewinds_total', 'Rewinds of tasks to what is committed.', 'source', 'rewinds'),
  counted('headrace_delivery_retries_total', 'Writes that a sink has to be asked for again.', 'sink', 'retries'),
  {
    name: 'headrace_slow_steps_total',
    type: 'counter',
    help: 'Steps that held the process for a second or longer.',
    labels: [],
    samples: ({ observed }) => [{ labels: {}, value: observed.slowSteps }],
  },
  histogram('headrace_batch_duration_seconds', 'Time that a batch took in the stages behind a source.', 'source'),
  histogram('headrace_write_duration_seconds', 'Time until a sink answered a write.', 'sink'),
];

function bySource(name: string, help: string, value: (tasks: readonly TaskObservation[]) => number): MetricFamily {
  return {
    name,
    type: 'gauge',
    help,
    labels: ['node'],
    samples: ({ graph, observed }) =>
      ofKind(graph, 'source', (id) => value(observed.tasks.filter(({ source }) => source === id))),
  };
}

/** Reads one value for each partition that this process reads, where it is known. */
function byPartition(
  name: string,
  help: string,
  value: (reading: PartitionReadingState) => number | null,
): MetricFamily {
  return {
    name,
    type: 'gauge',
    help,
    labels: ['node', 'topic', 'partition'],
    samples: ({ observed }) =>
      observed.tasks.flatMap(({ source, split, reading }) => {
        const known = reading === null ? null : value(reading);
        const slash = split.lastIndexOf('/');
        const labels = { node: source, topic: split.slice(0, slash), partition: split.slice(slash + 1) };
        return known === null ? [] : [{ labels, value: known }];
      }),
  };
}

function counted(
  name: string,
  help: string,
  kind: GraphNode['kind'],
  what: 'commits' | 'failedCommits' | 'rewinds' | 'retries',
): MetricFamily {
  const samples = ({ graph, observed }: MetricsInput): readonly Sample[] =>
    ofKind(graph, kind, (id) => observed[what][id] ?? 0);
  return { name, type: 'counter', help, labels: ['node'], samples };
}

function histogram(name: string, help: string, kind: GraphNode['kind']): MetricFamily {
  return {
    name,
    type: 'histogram',
    help,
    labels: ['node'],
    samples: ({ graph, observed }) =>
      [...graph.nodes.values()].flatMap((node) => {
        const durations = node.kind === kind ? observed.durations[node.id] : undefined;
        return durations === undefined ? [] : samplesOf(node.id, durations);
      }),
  };
}

function samplesOf(node: string, { boundsSeconds, counts, count, sumSeconds }: CountedDurations): readonly Sample[] {
  return [
    ...boundsSeconds.map((le, index): Sample => ({
      labels: { node, le },
      value: counts[index] as number,
      suffix: '_bucket',
    })),
    { labels: { node, le: '+Inf' }, value: count, suffix: '_bucket' },
    { labels: { node }, value: sumSeconds, suffix: '_sum' },
    { labels: { node }, value: count, suffix: '_count' },
  ];
}

/** What can keep a task from taking more: what holds records for a while, or asks for less. */
function mayBlock(node: GraphNode): boolean {
  if (node.kind === 'sink') return true;
  if (node.kind === 'source') return false;
  return node.definition.create !== undefined || node.definition.traits(node.options).demand !== undefined;
}
