import { builtInComponents, checkTopology, createRegistry, formatFinding } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import { describe, expect, it } from 'vitest';

// The first four complaints of guide/users-ask.md, by their numbers, and what is said here instead.
const registry = createRegistry([...builtInComponents, ...kafkaComponents]);

function findings(text: string, files: Readonly<Record<string, string>> = {}) {
  const readFile = (path: string): string => {
    const found = files[path];
    if (found === undefined) throw new Error('no such file');
    return found;
  };
  const { graph, findings: found } = checkTopology(
    { text, file: 'topology.json' },
    { registry, env: {}, set: {}, purpose: 'validate', readFile },
  );
  return { graph, lines: found.map(formatFinding) };
}

const topology = (operator: string, sink = '{ "type": "drop", "input": "op" }') => `{
  "headrace": 1,
  "name": "asked",
  "sources": { "in": { "type": "file", "path": "./in.ndjson", "value": "json" } },
  "operators": { "op": ${operator} },
  "sinks": { "out": ${sink} }
}`;

describe('what users complain about', () => {
  it('1: errors of a choice name the one mistake, with its place, and not every variant', () => {
    const { lines } = findings(topology('{ "type": "branch", "input": "in", "cases": [{ "port": "a", "were": "n > 1" }] }', '{ "type": "drop", "input": "op.a" }'));
    expect(lines).toEqual([
      [
        'topology.json:5:84 error UNKNOWN_KEY  operators.op.cases[0].were: the key "were" is not known here. Did you mean "where"?',
        '    5 |   "operators": { "op": { "type": "branch", "input": "in", "cases": [{ "port": "a", "were": "n > 1" }] } },',
        '      |                                                                                    ^^^^^^',
      ].join('\n'),
    ]);
    expect(findings(topology('{ "type": "fliter", "input": "in", "where": "true" }')).lines[0]).toContain(
      'topology.json:5:34 error UNKNOWN_TYPE  operators.op.type: there is no operator of the type "fliter"',
    );
  });

  it('2: an error in a file that is included names that file, its line and column', () => {
    const files = { 'rules/large.cel': 'record.offset > 1\n  && size(params.none) > 2' };
    const { lines } = findings(topology('{ "type": "filter", "input": "in", "where": { "$cel": "./rules/large.cel" } }'), files);
    expect(lines).toEqual([
      [
        'rules/large.cel:2:18 error UNKNOWN_PARAMETER  operators.op.where: the parameter "none" is not declared.',
        '    2 |   && size(params.none) > 2',
        '      |                  ^^^^',
      ].join('\n'),
    ]);
  });

  it('2: a key that belongs elsewhere is found where it stands', () => {
    const { lines } = findings(topology('{ "type": "filter", "input": "in", "where": "true", "retry": { "attempts": 3 } }'));
    expect(lines.map((line) => line.split('\n')[0])).toEqual([
      'topology.json:5:76 error UNKNOWN_KEY  operators.op.retry: the key "retry" is not known here. It is an option of sinks.',
    ]);
  });

  it('3: nothing that is wrong is ignored: all findings come at once, and nothing starts', () => {
    const { graph, lines } = findings(
      topology('{ "type": "filter", "input": "inn", "where": "n >" }', '{ "type": "file", "input": "op", "path": "./out", "vlaue": "json" }'),
    );
    expect(graph).toBeNull();
    expect(lines.map((line) => /error (\w+)/.exec(line)?.[1])).toEqual(['UNKNOWN_NODE', 'UNKNOWN_KEY']);
  });

  it('4: what is used twice is written once: a parameter with a type, an expression in a file', () => {
    const text = topology('{ "type": "filter", "input": "in", "where": { "$cel": "./rule.cel" } }').replace(
      '"name": "asked",',
      '"name": "asked", "parameters": { "least": { "type": "int", "default": 3 } },',
    );
    expect(findings(text, { 'rule.cel': 'n >= params.least' }).lines).toEqual([]);
    expect(findings(text.replace('"default": 3', '"default": "3"'), { 'rule.cel': 'true' }).lines[0]).toContain(
      'error WRONG_PARAMETER  parameters.least.default',
    );
  });
});
