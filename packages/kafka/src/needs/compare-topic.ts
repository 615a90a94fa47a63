import type { TopicPartition } from '@headrace/core';
import type { FoundSettings, FoundTopic } from '../admin/found-topic.ts';
import type { NeededTopic } from './cluster-needs.ts';

/** A setting that is not as the topology wants it. */
export interface Difference {
  /** `partitions`, `replication`, or the name of a setting in Kafka. */
  readonly setting: string;
  readonly wanted: string;
  /** Null where it is not known. */
  readonly found: string | null;
  /** The partition whose position differs; absent of topics. */
  readonly partition?: TopicPartition;
}

/** How a topic stands to what a topology needs. `refused`: it may not be looked at, or not all of it; `right` is what is missing. */
export type TopicState =
  | { readonly state: 'fine'; readonly differences: readonly []; readonly right: null }
  | { readonly state: 'missing'; readonly differences: readonly []; readonly right: null }
  | { readonly state: 'differs'; readonly differences: readonly Difference[]; readonly right: string | null }
  | { readonly state: 'refused'; readonly differences: readonly []; readonly right: string };

/**
 * Compares a topic with what its author wrote about its making. What is not written is not compared. Numbers are compared as numbers,
 * lists without the spaces around their commas, anything else as text.
 */
export function compareTopic({ create }: NeededTopic, found: FoundTopic, settings: FoundSettings): TopicState {
  if (found.state === 'missing') return { state: 'missing', differences: [], right: null };
  if (found.state === 'refused') return { state: 'refused', differences: [], right: found.right };
  const differences: Difference[] = [];
  const sizes = { partitions: found.partitions, replication: found.replication };
  for (const size of ['partitions', 'replication'] as const) {
    const wanted = create?.[size] ?? null;
    if (wanted !== null && wanted !== sizes[size])
      differences.push({ setting: size, wanted: String(wanted), found: String(sizes[size]) });
  }
  const { values } = settings;
  const wantedSettings = Object.entries(create?.config ?? {});
  const right = wantedSettings.length === 0 ? null : settings.right;
  if (values !== null)
    for (const [setting, wanted] of wantedSettings) {
      const { value = null } = values.get(setting) ?? {};
      if (value === null || normal(value) !== normal(wanted)) differences.push({ setting, wanted, found: value });
    }
  if (differences.length > 0) return { state: 'differs', differences, right };
  if (right !== null) return { state: 'refused', differences: [], right };
  return { state: 'fine', differences: [], right: null };
}

function normal(value: string): string {
  const text = value.trim();
  if (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace(/^\+/, '')).toString();
    return String(Number(text));
  }
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  return text
    .split(',')
    .map((part) => part.trim())
    .join(',');
}
