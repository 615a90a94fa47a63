import { builtInComponents, checkTopology, createRegistry, type Component } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { describe, expect, it } from 'vitest';

// Wherever an option is a choice of several kinds, a value of none of them gets one finding at its own place, in words: no
// "must match a schema in anyOf", and no finding for each kind. The discriminators `type` and `codec` choose a schema before ajv sees one.
const components: readonly Component[] = [...builtInComponents, ...kafkaComponents];
const registry = createRegistry(components);
const sections = { source: 'sources', operator: 'operators', sink: 'sinks' } as const;

interface AnySchema {
  readonly anyOf?: readonly AnySchema[];
  readonly properties?: Readonly<Record<string, AnySchema>>;
  readonly items?: AnySchema;
}

/** Lists the options of a component that are choices, by their paths. */
function choicesOf(schema: AnySchema, at: readonly string[] = []): (readonly string[])[] {
  const own = schema.anyOf === undefined || at.length === 0 ? [] : [at];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => choicesOf(part, [...at, name]));
  return [...own, ...inner];
}

function topologyWith({ kind, type }: Component, options: object): object {
  const lines = { type: 'file', path: './in.ndjson', value: 'json' };
  const frame = { headrace: 1, name: 'choices', run: { guarantee: 'best-effort' } };
  if (kind === 'source')
    return { ...frame, sources: { it: { type, ...options } }, sinks: { out: { type: 'drop', input: 'it' } } };
  const sources = { lines };
  if (kind === 'sink') return { ...frame, sources, sinks: { it: { type, input: 'lines', ...options } } };
  const operators = { it: { type, input: 'lines', ...options } };
  return { ...frame, sources, operators, sinks: { out: { type: 'drop', input: 'it.error' } } };
}

function findingsOf(topology: object) {
  const { findings } = checkTopology(
    { text: JSON.stringify(topology, null, 1), file: 'topology.json' },
    { registry, env: {}, set: {}, purpose: 'validate', readFile: () => '{ "type": "record", "name": "A", "fields": [] }' },
  );
  return findings.filter(({ severity }) => severity === 'error');
}

const choices = components.flatMap((component) =>
  component.kind === 'codec'
    ? []
    : choicesOf(component.options as AnySchema).map((at) => [`${component.kind} ${component.type}`, at, component] as const),
);

describe('an option that is a choice', () => {
  it('is found in many components', () => {
    expect(choices.length).toBeGreaterThan(25);
  });

  it.each(choices)('of the %s: %s, explains a value of no kind once, in words', (_, at, component) => {
    const examples = component.examples.map(({ options }) => options);
    for (const wrong of [7, true, null, [[]]]) {
      const options = structuredClone(examples[0] ?? {}) as Record<string, unknown>;
      const owner = at.slice(0, -1).reduce<Record<string, unknown>>((value, key) => (value[key] ??= {}) as never, options);
      owner[at.at(-1) as string] = wrong;
      const place = [sections[component.kind as 'source'], 'it', ...at].join('.');
      const found = findingsOf(topologyWith(component, options)).filter(({ path }) => path.startsWith(place));
      expect(found.map(({ message }) => message)).toHaveLength(1);
      expect(found[0]?.code).toBe('WRONG_TYPE');
      expect(found[0]?.message).toMatch(/^must be (?!match)[^{}]*(\{ "\$use": "[^"]+" \})?[^{}]*, not .+\.$/);
      expect(found[0]?.message).not.toMatch(/anyOf|oneOf|something else|must match/);
    }
  });

  const operator = (options: object) =>
    findingsOf(topologyWith({ kind: 'operator', type: (options as { type: string }).type } as Component, options)).map(
      ({ code, path, message }) => `${code} ${path}: ${message}`,
    );

  it.each([
    [{ type: 'keyBy', by: { a: { b: 3 } } }, 'WRONG_TYPE operators.it.by.a.b: must be a text, a list of texts, a function such as { "$use": "./score.ts#score" } or an object, not 3.'],
    [{ type: 'keyBy', by: ['a', 3] }, 'WRONG_TYPE operators.it.by[1]: must be a text, not 3.'],
    [{ type: 'map', select: ['a', 'a'] }, 'NOT_ALLOWED_VALUE operators.it.select: the same entry stands twice.'],
    [{ type: 'map', select: {} }, 'NOT_ALLOWED_VALUE operators.it.select: must not be empty.'],
    [{ type: 'map', set: { a: [3] } }, 'WRONG_TYPE operators.it.set.a[0]: must be a text, not 3.'],
    [{ type: 'filter', where: [] }, 'NOT_ALLOWED_VALUE operators.it.where: must not be empty.'],
    [{ type: 'filter', where: { $use: './a.ts#a', return: 'bool' } }, 'UNKNOWN_KEY operators.it.where.return: beside "$use" no other key may stand, and "return" does.'],
    [{ type: 'branch', cases: [{ port: 'a', were: 'true' }] }, 'UNKNOWN_KEY operators.it.cases[0].were: the key "were" is not known here.'],
    [{ type: 'lookup', as: 'x', http: { url: 3 } }, 'WRONG_TYPE operators.it.http.url: must be a text or a list of texts, not 3.'],
    [{ type: 'peek', log: 'loud' }, 'NOT_ALLOWED_VALUE operators.it.log: "loud" is not allowed: allowed are "debug", "info", "warn".'],
  ])('%j: only the kind that was meant speaks', (options, said) => {
    expect(operator(options)).toEqual([said]);
  });

  it('of a codec takes the options of the codec that is named', () => {
    const source = (value: unknown) =>
      findingsOf(topologyWith({ kind: 'source', type: 'file' } as Component, { path: './x.txt', value })).map(
        ({ code, path, message }) => `${code} ${path}: ${message}`,
      );
    expect(source({ codec: 'json', delimiter: ';' })).toEqual(['UNKNOWN_KEY sources.it.value.delimiter: the key "delimiter" is not known here.']);
    expect(source({ codec: 'csv', schema: 'a', unknown: 'error' })).toEqual(['UNKNOWN_KEY sources.it.value.unknown: the key "unknown" is not known here.']);
    expect(source({ codec: 'csv', schema: 'a', delimiter: ';;' })).toEqual(['NOT_ALLOWED_VALUE sources.it.value.delimiter: ";;" is not allowed: it must match ^[\\t -~]$.']);
  });
});
