import { Type } from '../component/option-type.ts';
import type { TSchema } from 'typebox';
import { durationOption } from '../component/duration.ts';
import { sizeOption } from '../component/size.ts';
import { idPattern } from './patterns.ts';

/** The kinds of nodes, as their sections are called. */
export type Section = 'sources' | 'operators' | 'sinks';

const closed = { additionalProperties: false } as const;
const policy = Type.Optional(Type.Union([Type.Literal('fail'), Type.Literal('skip'), Type.Literal('deadLetter')]));

/** The schema of `onError`, on a node or in `run`. */
export const policiesSchema = Type.Object({ decode: policy, process: policy, deliver: policy }, closed);

const type = Type.String({ description: 'the type of component' });
const input = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
  description: 'an id, an id with a port, or a list of them',
});
const widen = Type.Optional(
  Type.Boolean({
    description: 'whether inputs may have different types: missing fields are null, numbers become the wider type',
  }),
);
const onError = Type.Optional(policiesSchema);
const renamedFrom = Type.Optional(
  Type.String({
    pattern: idPattern,
    description: 'the id that the node had before, whose state and positions it takes',
  }),
);
const cluster = Type.Optional(Type.String({ description: 'the cluster, where there are several' }));

const batchSchema = Type.Object(
  {
    records: Type.Optional(Type.Integer({ minimum: 1 })),
    bytes: Type.Optional(sizeOption('the most bytes in one write')),
    delay: Type.Optional(durationOption('how long to wait for more')),
  },
  closed,
);

const retrySchema = Type.Object(
  {
    attempts: Type.Optional(Type.Integer({ minimum: 1 })),
    for: Type.Optional(durationOption('how long to try in all')),
    delay: Type.Optional(durationOption('the pause before the second attempt; it doubles')),
    maxDelay: Type.Optional(durationOption('the longest pause')),
  },
  closed,
);

/** The options that every node of a section takes beside those of its type. */
export const commonOptions: Readonly<Record<Section, Readonly<Record<string, TSchema>>>> = {
  sources: { type, onError, cluster, renamedFrom },
  operators: { type, input, widen, onError, renamedFrom },
  sinks: {
    type,
    input: Type.Optional(input),
    widen,
    onError,
    cluster,
    batch: Type.Optional(batchSchema),
    retry: Type.Optional(retrySchema),
    required: Type.Optional(Type.Boolean()),
    renamedFrom,
  },
};

const merged = new WeakMap<TSchema, Map<Section, TSchema>>();

/** Joins a component's own options with the common ones of its section; no other key is allowed. */
export function nodeSchema(section: Section, own: TSchema): TSchema {
  let bySection = merged.get(own);
  if (bySection === undefined) merged.set(own, (bySection = new Map()));
  let schema = bySection.get(section);
  if (schema === undefined) bySection.set(section, (schema = closedWith(own, commonOptions[section])));
  return schema;
}

/** Joins an object schema with further properties and closes it. */
export function closedWith(own: TSchema, further: Readonly<Record<string, TSchema>>): TSchema {
  const { properties = {}, required = [], ...rest } = own as unknown as ObjectSchema;
  const needed = Object.entries(further)
    .filter(([name, schema]) => !(name in properties) && !Type.IsOptional(schema))
    .map(([name]) => name);
  return {
    ...rest,
    type: 'object',
    properties: { ...further, ...properties },
    required: [...new Set([...needed, ...required])],
    additionalProperties: false,
  } as TSchema;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
}

/** Splits a node's options into those of its component and the common ones. */
export function ownOptions(section: Section, own: TSchema, options: Readonly<Record<string, unknown>>) {
  const declared = (own as unknown as ObjectSchema).properties ?? {};
  const common = commonOptions[section];
  return Object.fromEntries(Object.entries(options).filter(([key]) => key in declared || !(key in common)));
}
