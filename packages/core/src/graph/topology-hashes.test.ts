import { describe, expect, it } from 'vitest';
import { builtInComponents } from '../built-in-components.ts';
import { defineSource } from '../component/define.ts';
import { createRegistry } from '../component/registry.ts';
import { Type } from '../component/option-type.ts';
import { checkTopology } from '../validate/check-topology.ts';
import { topologyHashes } from './topology-hashes.ts';

/** A source of a group, as one of Kafka is. */
const queue = defineSource({
  type: 'queue',
  summary: 'Reads topics.',
  options: Type.Object({ topics: Type.Array(Type.String()), value: Type.String() }, { additionalProperties: false }),
  examples: [],
  infer(options, context) {
    const value = context.reads(['value'], options.value);
    if (value === null) return null;
    return {
      output: { key: null, value: value.schema, kind: 'stream', tombstones: false, partitionedBy: 'unknown', ordered: true, scope: 'record' },
      key: null,
      value,
    };
  }, // prettier-ignore
  traits: () => ({ scope: 'group', replay: 'position', bounded: false }),
  subscription: ({ topics }) => ({ topics, start: 'earliest' }),
});

function hashesOf(
  change: { topics?: string[]; where?: string; id?: string; password?: string; commitInterval?: string } = {},
) {
  const { topics = ['b', 'a'], where = 'true', id = 'kept', password = 'secret', commitInterval = '1s' } = change;
  const definition = {
    headrace: 1,
    name: 'hashed',
    parameters: { password: { type: 'secret', env: 'PASSWORD' } },
    run: { commitInterval },
    sources: { in: { type: 'queue', topics, value: 'string' } },
    operators: {
      [id]: { type: 'filter', input: 'in', where },
      made: { type: 'map', input: id, select: { v: 'record.value' } },
      looked: {
        type: 'lookup',
        input: 'made',
        http: { url: "'http://localhost/x'", headers: { authorization: 'params.password' } },
        as: 'x',
        returns: 'string',
      },
    },
    sinks: { out: { type: 'drop', input: id }, rest: { type: 'drop', input: 'looked' } },
  };
  const { graph, findings } = checkTopology(
    { text: JSON.stringify(definition), file: 'topology.json' },
    {
      registry: createRegistry([...builtInComponents, queue]),
      readFile: () => '',
      env: { PASSWORD: password },
      set: {},
      purpose: 'run',
    },
  );
  if (graph === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  return topologyHashes(graph);
}

describe('topologyHashes', () => {
  const { shape, content } = hashesOf();

  it('are the same for the same topology', () => {
    expect(hashesOf()).toEqual({ shape, content });
    expect(hashesOf({ topics: ['a', 'b'] }).shape).toBe(shape);
  });

  it('have another shape where other topics are read', () => {
    expect(hashesOf({ topics: ['a'] }).shape).not.toBe(shape);
  });

  it('have another content, and the same shape, where something else is written', () => {
    for (const other of [hashesOf({ where: '1 < 2' }), hashesOf({ id: 'other' }), hashesOf({ commitInterval: '2s' })]) {
      expect(other.shape).toBe(shape);
      expect(other.content).not.toBe(content);
    }
  });

  it('do not depend on a secret', () => {
    expect(hashesOf({ password: 'another' })).toEqual({ shape, content });
  });
});
