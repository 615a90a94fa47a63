import { join } from 'node:path';
import { createRegistry, dynamic, type Component } from '@headrace/core';
import { anyRecords, withAnyRecords } from '../driver/any-records.ts';
import type { TestedTopology } from '../driver/check.ts';
import type { ComplianceContext, SampleRecord } from './compliance-context.ts';

/** A topology in which an example stands, and what can be read in it. */
export interface AroundExample extends TestedTopology {
  readonly file: string;
  readonly definition: unknown;
  readonly outputs: readonly string[];
}

/**
 * Builds the least topology in which a component can stand: records come from "records", an operator is "subject", a sink is "out".
 * `folder` is where its files lie; without one they are only read by name.
 */
export function topologyAround(
  component: Component,
  written: object,
  { schema }: SampleRecord,
  context: ComplianceContext,
  folder = '.',
): AroundExample {
  const { kind, type } = component;
  const { components, modules } = context;
  const options = substituted(written, context);
  const others = components.filter((other) => other.kind !== kind || other.type !== type);
  const around = {
    file: join(folder, 'compliance.ts'),
    registry: withAnyRecords(createRegistry([...others, component])),
    readFile: fileTexts(context),
    ...(modules !== undefined && { modules }),
  };
  const json = schema === dynamic ? 'json' : { codec: 'json', schema };
  const records = { type: anyRecords.type, key: 'string', value: json };
  const frame = {
    headrace: 1,
    name: 'compliance',
    // What cannot be read again may be lost, which only this guarantee allows.
    ...(kind === 'source' && component.traits(options).replay === 'none' && { run: { guarantee: 'best-effort' } }),
    sources: { records },
  };
  const drop = { type: 'drop', input: 'records' };
  switch (kind) {
    case 'source':
      return around_({ ...frame, sources: { records: { type, ...options } }, sinks: { out: drop } }, ['records']);
    case 'sink':
      return around_({ ...frame, sinks: { out: { type, input: 'records', ...options } } }, []);
    case 'codec': {
      const sources = { records: { ...records, value: { codec: type, ...options } } };
      return around_({ ...frame, sources, sinks: { out: drop } }, []);
    }
    case 'operator': {
      const ports = [...component.ports(options).map(({ port }) => port), 'error'].map(fromOf);
      const sinks = Object.fromEntries(ports.map((input, i) => [`out${String(i)}`, { ...drop, input }]));
      return around_({ ...frame, operators: { subject: { type, input: 'records', ...options } }, sinks }, ports);
    }
  }

  function around_(definition: unknown, outputs: readonly string[]): AroundExample {
    return { ...around, definition, outputs };
  }
}

/** Names a port of the operator that is looked at, as a test reads it. */
export function fromOf(port: string): string {
  return port === 'out' ? 'subject' : `subject.${port}`;
}

function substituted(options: object, { substitutes = {} }: ComplianceContext): object {
  const replace = (text: string): string =>
    Object.entries(substitutes).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return replace(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, walk(part)]));
  };
  return walk(options) as object;
}

function fileTexts({ files = {} }: ComplianceContext): (path: string) => string {
  return (path) => {
    const found = Object.entries(files).find(([name]) => path.endsWith(name.replace(/^\.\//, '')));
    if (found === undefined) throw new Error(`no file "${path}"`);
    return typeof found[1] === 'string' ? found[1] : Buffer.from(found[1]).toString();
  };
}
