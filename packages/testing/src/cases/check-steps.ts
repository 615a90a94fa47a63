import { readParameterText, parameterTypeWords, type Finding, type Path, type TopologyGraph } from '@headrace/core';
import { checkSpecials } from './check-specials.ts';
import { splitPort } from '../driver/taps.ts';
import type { ExpectStep, SendStep, TestFile, TestStep } from './test-file.ts';

const contents = ['value', 'values', 'raw', 'file'] as const;
const expectations = ['records', 'count', 'none'] as const;

/** Finds what the schema of test files cannot say: keys that exclude each other, and keys of which one is needed. */
export function checkSteps(test: TestFile): readonly Finding[] {
  return test.cases.flatMap(({ steps }, i) =>
    steps.flatMap((step, j) => {
      const at = ['cases', i, 'steps', j];
      if ('send' in step) return [...exactlyOne(contents, step.send, [...at, 'send']), ...checkFraming(step.send, at)];
      if ('expect' in step)
        return [
          ...exactlyOne(expectations, step.expect, [...at, 'expect']),
          ...checkMatch(step.expect, at),
          ...checkSpecials(step.expect.records, [...at, 'expect', 'records']),
        ];
      if ('advance' in step && typeof step.advance === 'object')
        return exactlyOne(['stream', 'wall'], step.advance, [...at, 'advance']);
      if ('expectState' in step) return [notBuilt([...at, 'expectState'])];
      return [];
    }),
  );
}

function notBuilt(at: Path): Finding {
  const message = 'Expecting the state of a store is not built yet.';
  return { code: 'NOT_BUILT_YET', severity: 'error', at, on: 'key', message };
}

function checkFraming({ file, key }: SendStep, at: Path): readonly Finding[] {
  if (file === undefined || key === undefined) return [];
  const message = '"key" has no meaning beside "file": all of its records would have the same.';
  return [{ code: 'OPTIONS_CONFLICT', severity: 'error', at: [...at, 'send', 'key'], on: 'key', message }];
}

function checkMatch({ match, records }: ExpectStep, at: Path): readonly Finding[] {
  if (match === undefined || records !== undefined) return [];
  const message = '"match" has a meaning beside "records" only.';
  return [{ code: 'OPTIONS_CONFLICT', severity: 'error', at: [...at, 'expect', 'match'], on: 'key', message }];
}

function exactlyOne(names: readonly string[], given: object, at: Path): readonly Finding[] {
  const [first, second] = names.filter((name) => Object.hasOwn(given, name));
  const list = names.map((name) => `"${name}"`);
  if (first === undefined) {
    const message = `one of ${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''} is needed.`;
    return [{ code: 'MISSING_KEY', severity: 'error', at, on: 'key', message }];
  }
  if (second === undefined) return [];
  const message = `"${second}" has no meaning beside "${first}".`;
  return [{ code: 'OPTIONS_CONFLICT', severity: 'error', at: [...at, second], on: 'key', message }];
}

/** Finds the names in a test file that its topology does not know: of nodes, ports and sources. */
export function checkNames(test: TestFile, index: number, graph: TopologyGraph): readonly Finding[] {
  const known = (id: string): boolean => graph.nodes.has(id);
  const unknown = (id: string, at: Path): Finding => {
    const message = `there is no node "${id}" in the topology "${graph.name}".`;
    return { code: 'UNKNOWN_NODE', severity: 'error', at, message };
  };
  const sources = Object.keys(test.partitions ?? {}).filter((id) => graph.nodes.get(id)?.kind !== 'source');
  const steps = test.cases[index]?.steps ?? [];
  return [
    ...sources.map((id): Finding => {
      const message = `"${id}" is no source of the topology "${graph.name}".`;
      return { code: 'UNKNOWN_NODE', severity: 'error', at: ['partitions', id], on: 'key', message };
    }),
    ...steps.flatMap((step, j) => {
      const at = ['cases', index, 'steps', j];
      const [verb, id] = nodeOf(step);
      if (id !== null && !known(id)) return [unknown(id, [...at, ...verb])];
      return 'expect' in step ? unknownPort(step.expect.from, graph, [...at, 'expect', 'from']) : [];
    }),
  ];
}

/** Finds the parameters that a test file sets and its topology, as written, does not declare, or declares with another type. */
export function checkParameters(test: TestFile, definition: unknown): readonly Finding[] {
  const { parameters = {} } = (definition ?? {}) as { readonly parameters?: Readonly<Record<string, unknown>> };
  return Object.entries(test.parameters ?? {}).flatMap(([name, value]): readonly Finding[] => {
    const at = ['parameters', name];
    if (!Object.hasOwn(parameters, name)) {
      const message = `the topology declares no parameter "${name}".`;
      return [{ code: 'UNKNOWN_PARAMETER', severity: 'error', at, on: 'key', message }];
    }
    const { type } = (parameters[name] ?? {}) as { readonly type?: unknown };
    // What is wrong with the declaration itself is found in the topology.
    if (!isParameterType(type) || readParameterText(type, String(value)) !== null) return [];
    const message = `must be ${parameterTypeWords[type]}, as the type "${type}" of the parameter asks.`;
    return [{ code: 'WRONG_PARAMETER', severity: 'error', at, message }];
  });
}

function isParameterType(type: unknown): type is keyof typeof parameterTypeWords {
  return typeof type === 'string' && Object.hasOwn(parameterTypeWords, type);
}

function nodeOf(step: TestStep): readonly [at: Path, id: string | null] {
  if ('send' in step) return [['send', 'to'], step.send.to];
  if ('expect' in step) return [['expect', 'from'], splitPort(step.expect.from).node];
  if ('expectDropped' in step) return [['expectDropped', 'node'], step.expectDropped.node];
  if ('expectError' in step) return [['expectError', 'node'], step.expectError.node];
  return [[], null];
}

function unknownPort(from: string, graph: TopologyGraph, at: Path): readonly Finding[] {
  const { node: id, port } = splitPort(from);
  const node = graph.nodes.get(id);
  if (node === undefined || (node.kind === 'sink' && port === 'out') || Object.hasOwn(node.outputs, port)) return [];
  const ports = Object.keys(node.outputs).map((name) => (name === 'out' ? `"${id}"` : `"${id}.${name}"`));
  const there = node.kind === 'sink' ? [`"${id}"`, ...ports] : ports;
  const message = `there is no "${from}" to read from: there is ${there.join(', ')}.`;
  return [{ code: 'UNKNOWN_PORT', severity: 'error', at, message }];
}
