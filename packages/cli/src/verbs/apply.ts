import { clusterNeeds, describeCreation, describeDifference, lookAtCluster, registerSubject } from '@headrace/kafka';
import type { ClusterReport, KafkaAdmin, NeededSubject, OpenSchemas, TopicReport } from '@headrace/kafka';
import { openTopology, type OnlineOptions } from '../deploy/open-topology.ts';
import { withAdmin } from '../deploy/with-admin.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportError } from '../report-error.ts';
import { openSchemas } from '../run/open-schemas.ts';

/** The options of `apply`. */
export interface ApplyOptions extends OnlineOptions {
  readonly sources?: boolean;
  readonly dryRun?: boolean;
  readonly format: 'text' | 'json';
}

/** What was done about one thing. */
interface Applied {
  readonly kind: 'topic' | 'subject';
  readonly name: string;
  readonly done:
    | 'registered'
    | 'would be registered'
    | 'made'
    | 'would be made'
    | 'made by somebody else'
    | 'left as it is'
    | 'not made'
    | 'not visible';
  readonly why: string;
}

/** Makes the topics that a topology writes and its cluster does not have, and registers schemas; returns the exit code: 1 where something that it needs is still missing. */
export async function applyTopology(file: string, options: ApplyOptions): Promise<number> {
  let redact: (text: string) => string = (text) => text;
  try {
    const topology = await openTopology(file, options);
    if (topology === null) return exitCodes.wrongInput;
    ({ redact } = topology);
    const needs = clusterNeeds(topology.graph);
    const applied: Applied[] = [];
    const report = (one: Applied): void => {
      applied.push(one);
      if (options.format === 'text')
        process.stdout.write(redact(`${one.kind} "${one.name}" ${one.done}: ${one.why}\n`));
    };
    if (needs.topics.length > 0)
      await withAdmin(topology, async (admin) => {
        const open = () => openSchemas(topology.graph);
        const found = await lookAtCluster(admin, needs, open);
        await applyTopics(admin, found, options, report);
        await applySubjects(found, needs.subjects, { open, dryRun: options.dryRun === true, report });
      });
    if (options.format === 'json') process.stdout.write(`${redact(JSON.stringify({ items: applied }, null, 2))}\n`);
    else if (applied.length === 0) process.stdout.write('There is nothing to make.\n');
    return applied.some(({ done }) => done.startsWith('not ')) ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    return reportError(error, redact);
  }
}

async function applyTopics(
  admin: KafkaAdmin,
  { items }: ClusterReport,
  options: ApplyOptions,
  report: (one: Applied) => void,
): Promise<void> {
  const topics = items.filter((item): item is TopicReport => item.kind === 'topic');
  for (const { kind, name, state, right, differences } of topics) {
    if (state === 'refused')
      report({ kind, name, done: 'not visible', why: `the right that is missing is ${right ?? ''}` });
    if (state === 'differs')
      report({ kind, name, done: 'left as it is', why: differences.map(describeDifference).join(', ') });
  }
  const made: string[] = [];
  for (const { kind, name, state, isOwn, uses, create } of topics) {
    if (state !== 'missing') continue;
    if (!isOwn && options.sources !== true) {
      report({
        kind,
        name,
        done: 'not made',
        why: `it is only ${uses}, and whoever fills it makes it; or give "--sources"`,
      });
      continue;
    }
    const wanted = describeCreation(create);
    if (options.dryRun === true) {
      report({ kind, name, done: 'would be made', why: wanted });
      continue;
    }
    const creation = create ?? { partitions: null, replication: null, config: {} };
    const size = await admin.topics.create(name, creation);
    if (size === null) report({ kind, name, done: 'made by somebody else', why: 'in the meantime' });
    else report({ kind, name, done: 'made', why: sizeOf(size.partitions, size.replication, wanted) });
    made.push(name);
  }
  for (const topic of made) await admin.served(topic);
}

/** Registers the schemas that subjects lack. */
async function applySubjects(
  { items }: ClusterReport,
  needed: readonly NeededSubject[],
  { open, dryRun, report }: { open: OpenSchemas; dryRun: boolean; report: (one: Applied) => void },
): Promise<void> {
  const lacking = items.filter(({ kind, state }) => kind === 'subject' && state === 'missing').map(({ name }) => name);
  const missing = needed.filter(({ subject }) => lacking.includes(subject));
  if (missing.length === 0) return;
  const schemas = open();
  try {
    for (const need of missing) {
      const one = { kind: 'subject', name: need.subject } as const;
      const why = `the schema of the ${need.part}s of "${need.node}"`;
      if (dryRun) report({ ...one, done: 'would be registered', why });
      else
        report({
          ...one,
          done: 'registered',
          why: `${why}, its id is ${String(await registerSubject(need, schemas))}`,
        });
    }
  } finally {
    schemas.close();
  }
}

function sizeOf(partitions: number, replication: number, wanted: string): string {
  if (partitions < 0) return wanted;
  const settings = wanted.split(', ').filter((part) => part.includes('='));
  const size = `${String(partitions)} partition${partitions === 1 ? '' : 's'}`;
  return [size, `replication ${String(replication)}`, ...settings].join(', ');
}
