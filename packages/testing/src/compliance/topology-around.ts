import { codecOption, createRegistry, defineSource, dynamic } from '@headrace/core';
import type { Component } from '@headrace/core';
import { Type } from 'typebox';
import type { TestedTopology } from '../driver/check.ts';
import type { ComplianceContext, SampleRecord } from './component-scenarios.ts';

/** A topology in which an example stands, and what can be read in it. */
export interface AroundExample extends TestedTopology {
  readonly file: string;
  readonly definition: unknown;
  readonly outputs: readonly string[];
}

/** Reads any codec: files of lines, say, could not hold all of them. */
const anything = defineSource({
  type: 'anything',
  summary: 'Reads records of a test in any codec.',
  options: Type.Object({ value: codecOption('How values are read.') }, { additionalProperties: false }),
  examples: [],
  infer({ value: written }, context) {
    const value = context.reads(['value'], written);
    if (value === null) return null;
    const output = { value: value.schema, key: null, kind: 'stream', tombstones: false } as const;
    return { output: { ...output, partitionedBy: 'unknown', ordered: true, scope: 'record' }, key: null, value };
  },
  traits: () => ({ scope: 'single', replay: 'position', bounded: true }),
});

/** Builds the least topology in which a component can stand: records come from "records", and go to "out". */
export function topologyAround(
  component: Component,
  options: object,
  { schema }: SampleRecord,
  context: ComplianceContext,
): AroundExample {
  const { kind, type } = component;
  const { components, modules } = context;
  const others = components.filter((other) => other.kind !== kind || other.type !== type);
  const around = {
    file: 'compliance.ts',
    registry: createRegistry([...others, component, anything]),
    readFile: fileTexts(context),
    ...(modules !== undefined && { modules }),
  };
  const json = schema === dynamic ? 'json' : { codec: 'json', schema };
  const frame = { headrace: 1, name: 'compliance', sources: { records: { type: 'anything', value: json } } };
  const drop = { type: 'drop', input: 'records' };
  switch (kind) {
    case 'source':
      return {
        ...around,
        // A source may have nothing to promise.
        definition: {
          ...frame,
          run: { guarantee: 'best-effort' },
          sources: { records: { type, ...options } },
          sinks: { out: drop },
        },
        outputs: [],
      };
    case 'sink':
      return {
        ...around,
        definition: { ...frame, sinks: { out: { type, input: 'records', ...options } } },
        outputs: [],
      };
    case 'codec': {
      const sources = { records: { type: 'anything', value: { codec: type, ...options } } };
      return { ...around, definition: { ...frame, sources, sinks: { out: drop } }, outputs: [] };
    }
    case 'operator': {
      const ports = component.ports(options).map(({ port }) => (port === 'out' ? 'subject' : `subject.${port}`));
      const sinks = Object.fromEntries(ports.map((input, i) => [`out${String(i)}`, { ...drop, input }]));
      const operators = { subject: { type, input: 'records', ...options } };
      return { ...around, definition: { ...frame, operators, sinks }, outputs: ports };
    }
  }
}

function fileTexts({ files = {} }: ComplianceContext): (path: string) => string {
  return (path) => {
    const found = Object.entries(files).find(([name]) => path.endsWith(name.replace(/^\.\//, '')));
    if (found === undefined) throw new Error(`no file "${path}"`);
    return found[1];
  };
}
