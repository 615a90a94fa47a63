import { runInThisContext } from 'node:vm';
import type { NewRecord, NodeDefinition, RecordView, TopologyDefinition } from '@headrace/core';
import type { StreamsCase, StreamsRecord } from './streams-case.ts';

/** A value of a case in our records: its JSON, so that null is a value like any other, as it is to stateless operations there. */
export interface Wrapped {
  readonly v: string;
}

/** The schema of it. */
const wrappedSchema = { type: 'record', name: 'Wrapped', fields: [{ name: 'v', type: 'string' }] } as const;

/** A case as a topology of ours. Sources and sinks are called after the topics; `logged` fills with what is peeked. */
export interface Translated {
  readonly definition: TopologyDefinition;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly logged: StreamsRecord[];
}

type Step = Readonly<Record<string, unknown>> & { readonly operation: string };

/** Puts a value into the form of our records. */
export function wrap(value: unknown): Wrapped {
  return { v: JSON.stringify(value === undefined ? null : value) };
}

/** Takes a value out of it. */
export function unwrap(value: Wrapped): unknown {
  return JSON.parse(value.v) as unknown;
}

/** Translates a case into a topology; null where its operation is not built yet. */
export function translate({ name, operation, parameters }: StreamsCase): Translated | null {
  const logged: StreamsRecord[] = [];
  const inputs = operation === 'merge' ? (parameters['topics'] as string[]) : ['in'];
  const steps = operation === 'peek' ? (parameters['steps'] as Step[]) : [{ operation, ...parameters } as Step];
  const operators: Record<string, NodeDefinition> = {};
  const sinks: Record<string, NodeDefinition> = {};
  let input: string | readonly string[] = inputs.map((topic) => `in_${topic}`);
  for (const [i, step] of steps.entries()) {
    if (step.operation === 'merge') continue;
    const node = translateStep(step, logged);
    if (node === null) return null;
    operators[`step${String(i)}`] = { ...node, input };
    input = [`step${String(i)}`];
  }
  const outputs = new Map<string, readonly string[]>();
  if (operation === 'branch') {
    for (const branch of parameters['branches'] as { name: string }[])
      outputs.set(`out-${branch.name}`, [`step0.${branch.name}`]);
    const otherwise = parameters['default'] as string | null;
    if (otherwise !== null) outputs.set(`out-${otherwise}`, ['step0.unmatched']);
  } else outputs.set('out', input);
  for (const [topic, from] of outputs)
    sinks[sinkOf(topic)] = { type: 'kafka', topic, input: from, key: 'string', value: 'json' };
  const sources = Object.fromEntries(
    inputs.map((topic) => [
      `in_${topic}`,
      { type: 'kafka', topic, key: 'string', value: { codec: 'json', schema: wrappedSchema } },
    ]),
  );
  const definition: TopologyDefinition = {
    headrace: 1,
    name: name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'),
    sources,
    ...(Object.keys(operators).length > 0 && { operators }),
    sinks,
  };
  return { definition, inputs, outputs: [...outputs.keys()], logged };
}

/** Names the sink of a topic. */
export function sinkOf(topic: string): string {
  return topic.replaceAll(/[^A-Za-z0-9]/g, '_');
}

// The cases bring their functions as texts of JavaScript, as their own README says.
function compile(text: unknown): (key: string | null, value: unknown) => unknown {
  return runInThisContext(`(key, value) => (${String(text)})`) as (key: string | null, value: unknown) => unknown;
}

function translateStep(step: Step, logged: StreamsRecord[]): NodeDefinition | null {
  const call = (text: unknown) => {
    const run = compile(text);
    return (value: Wrapped, record: RecordView<Wrapped>) => run(record.key as string | null, unwrap(value));
  };
  const predicate = (text: unknown) => ({ $use: call(`Boolean(${String(text)})`), returns: 'boolean' });
  switch (step.operation) {
    case 'filter':
      return { type: 'filter', where: predicate(step['predicate']) };
    case 'filterNot':
      return { type: 'filter', where: predicate(`!(${String(step['predicate'])})`) };
    case 'mapValues': {
      const run = call(step['mapper']);
      return {
        type: 'map',
        output: wrappedSchema,
        $use: (value: Wrapped, record: RecordView<Wrapped>) => wrap(run(value, record)),
      };
    }
    case 'selectKey':
      return {
        type: 'map',
        keyBy: { $use: call(`(${String(step['keySelector'])}) ?? null`), returns: ['null', 'string'] },
      };
    case 'map':
    case 'flatMap':
      return { type: 'process', output: wrappedSchema, $use: emitting(call(step['mapper'])) };
    case 'flatMapValues': {
      const run = call(step['mapper']);
      const each = (value: Wrapped, record: RecordView<Wrapped>) => (run(value, record) as unknown[]).map(wrap);
      return { type: 'flatMap', each: { $use: each, returns: { type: 'array', items: wrappedSchema } } };
    }
    case 'branch': {
      const cases = step['branches'] as { name: string; predicate: string }[];
      return {
        type: 'branch',
        cases: cases.map(({ name, predicate: text }) => ({ port: name, where: predicate(text) })),
      };
    }
    case 'peek': {
      const topic = `peek-${String(step['name'])}`;
      const note = (value: Wrapped, { key }: RecordView<Wrapped>) =>
        void logged.push({ topic, key: key as string | null, value: unwrap(value), timestamp: null });
      return { type: 'peek', $use: note };
    }
    default:
      return null;
  }
}

function emitting(run: (value: Wrapped, record: RecordView<Wrapped>) => unknown) {
  return (value: Wrapped, record: RecordView<Wrapped>, emit: (record: NewRecord) => void) => {
    const made = run(value, record) as
      { key: string | null; value: unknown } | { key: string | null; value: unknown }[];
    for (const one of Array.isArray(made) ? made : [made]) emit({ key: one.key, value: wrap(one.value) });
  };
}
