import type { TSchema } from 'typebox';
import { functionKeyword } from '../component/option-schemas.ts';
import type { Component, Registry } from '../component/registry.ts';
import { editorPatterns } from './editor-patterns.ts';
import { nodeSchema, type Section } from './options-schema.ts';
import { idPattern } from './patterns.ts';
import { clusterSchema, runSchema, skeletonSchema } from './skeleton-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const sections = { sources: 'source', operators: 'operator', sinks: 'sink' } as const;

/**
 * Makes the JSON Schema of topology files (draft 7) of the components that are registered: what editors complete and underline. A
 * node's options follow from its `type`. The check itself says more; what this schema refuses, the check refuses as well.
 */
export function editorSchema(registry: Registry): Json {
  const { properties } = plainJson(skeletonSchema) as { properties: Record<string, Json> };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A topology of Headrace',
    ...plainJson(skeletonSchema),
    properties: {
      ...properties,
      clusters: { type: 'object', additionalProperties: option(clusterSchema) },
      run: option(runSchema),
      ...Object.fromEntries(
        (Object.keys(sections) as Section[]).map((section) => [section, nodesOf(section, registry)]),
      ),
    },
    definitions: {
      parameter: closed('$param', { type: 'string', description: 'The name of a parameter.' }),
      expressionFile: closed('$cel', { type: 'string', description: 'The path of a file that holds an expression.' }),
      function: {
        type: 'object',
        properties: {
          $use: {
            type: 'string',
            pattern: '^[^#]+#[A-Za-z_$][\\w$]*$',
            description: 'A function, as "./file.ts#name".',
          },
          returns: { description: 'The schema of what it makes.' },
        },
        required: ['$use'],
        additionalProperties: false,
      },
      codec: codecsOf(registry),
    },
  };
}

function nodesOf(section: Section, registry: Registry): Json {
  const types = registry.types(sections[section]);
  return {
    type: 'object',
    propertyNames: { pattern: idPattern },
    additionalProperties: {
      type: 'object',
      required: ['type'],
      properties: { type: { enum: types, description: 'The type of component.' } },
      allOf: types.map((type) => {
        const definition = registry[sections[section]](type) as Component;
        const { properties, ...rest } = option(nodeSchema(section, definition.options), true) as { properties: Json };
        const then = { ...rest, description: definition.summary, properties: { ...properties, type: { const: type } } };
        return whenIs('type', type, then);
      }),
    },
  };
}

function codecsOf(registry: Registry): Json {
  const types = registry.types('codec');
  const forms = types.map((type) => {
    const own = option((registry.codec(type) as Component).options, true) as { properties?: Json };
    // A key may say beside its codec which field of the value it equals.
    const properties = { codec: { const: type }, equals: { type: 'string' }, ...own.properties };
    return whenIs('codec', type, { ...own, properties });
  });
  const object = { type: 'object', required: ['codec'], properties: { codec: { enum: types } }, allOf: forms };
  return { anyOf: [{ enum: [...types, 'asRead'] }, object] };
}

// JSON Schema's word "then" would make a promise of an object that is written out.
function whenIs(key: string, value: string, meant: Json): Json {
  const condition = { properties: { [key]: { const: value } }, required: [key] };
  return Object.fromEntries([
    ['if', condition],
    // oxlint-disable-next-line unicorn/no-thenable
    ['then', meant],
  ]);
}

function closed(key: string, schema: Json): Json {
  return { type: 'object', properties: { [key]: schema }, required: [key], additionalProperties: false };
}

const parameter = { $ref: '#/definitions/parameter' };

const useForm = { type: 'string', pattern: '^[^#]+#[A-Za-z_$][\\w$]*$' } as const;

// As a key of a node the function is a text.
function useOf(schema: TSchema): Json {
  const { description } = plainJson(schema);
  return { ...useForm, ...(description !== undefined && { description }) };
}

/** Turns the schema of an option into one that editors know; a parameter may stand for every literal. */
function option(schema: TSchema, whole = false): Json {
  const written = plainJson(schema);
  const { kind, description } = written;
  const note = description === undefined ? {} : { description };
  if (written[functionKeyword] === true) return whole ? written : { ...note, $ref: '#/definitions/function' };
  if (kind === 'codec') return { ...note, $ref: '#/definitions/codec' };
  const inner = parts(written);
  const forms = [inner, parameter];
  if (kind === 'expression') forms.push({ $ref: '#/definitions/expressionFile' });
  return whole || Object.keys(inner).every((key) => key === 'description') ? inner : { ...note, anyOf: forms };
}

function parts(schema: Json): Json {
  const { format, properties, items, anyOf, additionalProperties, patternProperties, ...others } = schema;
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'secret' && key !== 'kind'));
  const branches = anyOf as readonly TSchema[] | undefined;
  return {
    ...rest,
    ...(Object.hasOwn(editorPatterns, String(format)) && { pattern: editorPatterns[String(format)] }),
    ...(properties !== undefined && { properties: mapped(properties as Record<string, TSchema>) }),
    ...(items !== undefined && { items: option(items as TSchema) }),
    ...(branches !== undefined && { anyOf: branches.map((branch) => branchOf(branch)) }),
    ...(patternProperties !== undefined && { patternProperties: mapped(patternProperties as Record<string, TSchema>) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? option(additionalProperties as TSchema) : additionalProperties,
    }),
  };
}

// A choice takes a parameter once, not in every branch.
function branchOf(branch: TSchema): Json {
  const written = plainJson(branch);
  return written[functionKeyword] === true ? { $ref: '#/definitions/function' } : parts(written);
}

function mapped(properties: Readonly<Record<string, TSchema>>): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, name === '$use' ? useOf(schema) : option(schema)]),
  );
}

// Schemas of typebox carry symbols and hidden properties, which JSON has not.
function plainJson(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}
