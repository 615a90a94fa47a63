import { isOwnTopic, type ClusterNeeds } from './cluster-needs.ts';

/** What somebody who does it needs a right for: a run, a bounded run, or a verb. */
export type RightPurpose = 'run' | 'run --bounded' | 'plan --online' | 'apply' | 'delete';

/** A right on a resource of Kafka, with the words of its authorizer. */
export interface NeededRight {
  readonly operation: 'Read' | 'Write' | 'Describe' | 'DescribeConfigs' | 'Create' | 'Delete';
  readonly resource: 'Topic' | 'Group';
  readonly name: string;
  /** `prefixed`: it goes for all names that begin so. */
  readonly pattern: 'literal' | 'prefixed';
  /** What cannot be done without it. */
  readonly for: RightPurpose;
}

/**
 * Lists the rights that a topology needs, each once and none that another one includes: `Read` and `Write` include `Describe`, `Write` on
 * a topic lets a producer be idempotent (Kafka 2.8 and later), and what `reset` needs a run needs too.
 */
export function neededRights({ group, topics, patterns }: ClusterNeeds): readonly NeededRight[] {
  const rights: NeededRight[] = [];
  const literal = (need: Omit<NeededRight, 'pattern'>): void => void rights.push({ ...need, pattern: 'literal' });
  const topic = { resource: 'Topic' } as const;
  for (const { topic: name, readBy } of topics)
    if (readBy.length > 0) literal({ ...topic, name, operation: 'Read', for: 'run' });
  for (const { pattern } of patterns) rights.push({ ...topic, ...named(pattern), operation: 'Read', for: 'run' });
  for (const need of topics)
    if (isOwnTopic(need)) literal({ ...topic, name: need.topic, operation: 'Write', for: 'run' });
  const whole = { resource: 'Group' } as const;
  if (group !== null) {
    literal({ ...whole, name: group, operation: 'Read', for: 'run' });
    const own = { ...whole, name: `${group}-bounded-`, pattern: 'prefixed' } as const;
    rights.push({ ...own, operation: 'Read', for: 'run --bounded' });
  }
  for (const { topic: name, create } of topics)
    if (Object.keys(create?.config ?? {}).length > 0)
      literal({ ...topic, name, operation: 'DescribeConfigs', for: 'plan --online' });
  for (const need of topics)
    if (isOwnTopic(need)) literal({ ...topic, name: need.topic, operation: 'Create', for: 'apply' });
  if (group !== null) literal({ ...whole, name: group, operation: 'Delete', for: 'delete' });
  for (const { topic: name, create } of topics)
    if (create !== null) literal({ ...topic, name, operation: 'Delete', for: 'delete' });
  return rights;
}

/** Names what a pattern can match: all that begins like it, or everything where its beginning is open. */
function named({ source, flags }: RegExp): Pick<NeededRight, 'name' | 'pattern'> {
  const inner = /^\^\(\?:(.*)\)\$$/.exec(source)?.[1];
  const text = inner === undefined ? source : `^${inner}`;
  const isOpen = flags.includes('i') || text.includes('|');
  const prefix = isOpen ? '' : (/^\^((?:[A-Za-z0-9_-]|\\[.-])+)/.exec(text)?.[1] ?? '');
  // A letter that is repeated or optional need not be there.
  const isSure = !/^[*?+{]/.test(text.slice(1 + prefix.length));
  const name = (isSure ? prefix : prefix.replace(/\\?.$/, '')).replaceAll('\\', '');
  return name === '' ? { name: '*', pattern: 'literal' } : { name, pattern: 'prefixed' };
}
