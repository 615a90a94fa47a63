// The word "then" is one of the format.
/* oxlint-disable unicorn/no-thenable */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInComponents, createRegistry, formatFinding } from '@headrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTestFile } from './run-test-file.ts';

const schema = {
  type: 'record',
  name: 'Reading',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'int' },
  ],
};
const topology = {
  headrace: 1,
  name: 'readings',
  sources: { readings: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema }, keyBy: 'id' } },
  operators: {
    large: { type: 'filter', input: 'readings', where: 'n > 10' },
    half: { type: 'map', input: 'large', set: { n: '100 / (n - 50)' } },
  },
  sinks: { out: { type: 'stdout', input: 'half', value: 'json' } },
};

let folder: string;
const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-cases-'));
  write('topology.json', topology);
});
afterEach(() => rmSync(folder, { recursive: true }));

const send = (n: number, more: object = {}) => ({ send: { to: 'readings', value: { id: 'a', n }, ...more } });

async function run(steps: readonly object[], more: object = {}) {
  const { rest, ...file } = more as { rest?: string };
  const cases = [{ name: 'a case', steps, ...(rest !== undefined && { rest }) }];
  write('a.test.json', { topology: './topology.json', start: '2026-01-01T00:00:00Z', cases, ...file });
  const findings: string[] = [];
  const options = {
    registry: createRegistry(builtInComponents),
    modules: { load: () => Promise.reject(new Error('nothing is loaded')) },
  };
  for await (const report of runTestFile(join(folder, 'a.test.json'), options))
    findings.push(...('invalid' in report ? report.invalid : report.ended.findings).map(formatFinding));
  return findings.map((text) => (text.split('\n')[0] as string).replace(/^.*\/(\w+\.[.\w]+):\d+:\d+ /, '$1 '));
}

describe('a case of a test file', () => {
  it('passes where everything is as expected', async () => {
    expect(
      await run([
        send(60),
        send(5),
        {
          expect: {
            from: 'out',
            records: [{ value: { id: 'a', n: 10 }, timestamp: '2026-01-01T00:00:00Z' }],
          },
        },
        { expect: { from: 'out', none: true } },
        { expectDropped: { node: 'large', reason: 'dropped', count: 1 } },
        { expectDropped: { node: 'large', reason: 'dropped', count: 0 } },
      ]),
    ).toEqual([]);
  });

  it('says what differs, at the step', async () => {
    expect(await run([send(60), { expect: { from: 'out', records: [{ value: { id: 'b', n: 10 } }] } }])).toEqual([
      'a.test.json error EXPECTATION_FAILED  cases[0].steps[1]: records[0].value.id: expected "b", got "a".',
    ]);
    expect(await run([send(60), { expect: { from: 'out', count: 2 } }])).toEqual([
      'a.test.json error EXPECTATION_FAILED  cases[0].steps[1]: expected 2 records, got 1 record',
    ]);
    expect(await run([send(5), { expectDropped: { node: 'large', reason: 'dropped', count: 2 } }])).toEqual([
      'a.test.json error EXPECTATION_FAILED  cases[0].steps[1]: large.dropped: expected 2, got 1; counted there: in 1, dropped 1.',
    ]);
  });

  it('fails where a record reaches a sink that nobody expected, unless that is ignored', async () => {
    expect(await run([send(60)])).toEqual([
      expect.stringMatching(
        /^a\.test\.json error RECORDS_NOT_EXPECTED {2}cases\[0\]: out: nobody expected \{"key":null,"value":\{"id":"a","n":10\}/,
      ),
    ]);
    expect(await run([send(60)], { rest: 'ignore' })).toEqual([]);
  });

  it('compares in any order where that is asked for', async () => {
    const records = [{ value: { id: 'a', n: 5 } }, { value: { id: 'a', n: 10 } }];
    expect(await run([send(60), send(70), { expect: { from: 'out', records, match: 'unordered' } }])).toEqual([]);
    expect(await run([send(60), send(70), { expect: { from: 'out', records } }])).toHaveLength(2);
  });

  it('sends to any node and reads from any port', async () => {
    expect(
      await run([
        { send: { to: 'half', key: 'k', value: { id: 'x', n: 150 } } },
        { expect: { from: 'half', records: [{ key: 'k', value: { id: 'x', n: 1 } }] } },
        { expect: { from: 'out', count: 1 } },
        send(1),
        { expect: { from: 'large.dropped', records: [{ value: { id: 'a', n: 1 } }] } },
      ]),
    ).toEqual([]);
    expect(await run([{ expect: { from: 'large.droped', none: true } }])).toEqual([
      'a.test.json error UNKNOWN_PORT  cases[0].steps[0].expect.from: there is no "large.droped" to read from: there is "large", "large.dropped", "large.error".',
    ]);
  });

  it('moves both clocks, or one', async () => {
    const at = (timestamp: string) => ({ expect: { from: 'out', records: [{ timestamp }] } });
    expect(
      await run([
        { advance: '10s' },
        send(60),
        at('2026-01-01T00:00:10Z'),
        { advance: { stream: '5s' } },
        send(60),
        at('2026-01-01T00:00:15Z'),
        { advance: { wall: '1h' } },
        send(60),
        at('2026-01-01T00:00:15Z'),
        send(60, { at: '+1m' }),
        at('2026-01-01T00:01:15Z'),
        send(60, { at: '2025-12-31T00:00:00Z' }),
        at('2025-12-31T00:00:00Z'),
      ]),
    ).toEqual([]);
  });

  it('expects an error that stops the run, and tells one that nobody expected', async () => {
    expect(await run([send(50), { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } }])).toEqual([]);
    expect(await run([send(50), { expect: { from: 'out', none: true } }])).toEqual([
      expect.stringMatching(/^a\.test\.json error \w+ {2}cases\[0\]\.steps\[0\]: the run failed.*half/),
    ]);
    expect(await run([send(60), { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } }])).toEqual([
      'a.test.json error EXPECTATION_FAILED  cases[0].steps[1]: expected an error DIVISION_BY_ZERO at "half", got none.',
    ]);
  });

  it('expects an error of a record that is skipped, and goes on', async () => {
    const half = { ...topology.operators.half, onError: { process: 'skip' } };
    write('topology.json', { ...topology, operators: { ...topology.operators, half } });
    expect(
      await run([
        send(50),
        send(60),
        { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } },
        { expect: { from: 'out', count: 1 } },
      ]),
    ).toEqual([]);
  });

  it('loses and repeats nothing over a restart, and ends', async () => {
    expect(
      await run([
        send(60),
        { restart: true },
        send(70),
        { expect: { from: 'out', count: 2 } },
        { restart: true },
        { end: true },
      ]),
    ).toEqual([]);
  });

  it('spreads records over partitions', async () => {
    const steps = [send(60, { partition: 2 }), send(70, { partition: 0 }), { expect: { from: 'out', count: 2 } }];
    expect(await run(steps, { partitions: { readings: 3 } })).toEqual([]);
    expect(await run([send(60, { partition: 3 })])).toHaveLength(1);
  });

  it('sends raw bytes and the lines of a file', async () => {
    writeFileSync(join(folder, 'in.ndjson'), '{"id":"a","n":60}\n{"id":"b","n":70}\n');
    const steps = [
      { send: { to: 'readings', file: './in.ndjson' } },
      { send: { to: 'readings', raw: '{"id":"c","n":150}' } },
      {
        expect: {
          from: 'out',
          match: 'subset',
          records: [{ value: { id: 'a' } }, { value: { id: 'b' } }, { value: { id: 'c' } }],
        },
      },
    ];
    expect(await run(steps)).toEqual([]);
  });

  it('refuses a value that the schema has not', async () => {
    expect(await run([{ send: { to: 'readings', value: { id: 'a', m: 1 } } }])).toEqual([
      expect.stringMatching(/^a\.test\.json error BAD_JSON {2}cases\[0\]\.steps\[0\]: .*m/),
    ]);
  });
});

describe('a mocked lookup', () => {
  const steps = (id: string) => ({ send: { to: 'readings', value: { id, n: 60 } } });
  const mocks = {
    place: [
      { when: "id == 'a'", then: 'Bonn' },
      { when: "id == 'b'", then: { $error: 'timeout' } },
      { otherwise: 'nowhere' },
    ],
  };
  const lookup = (more: object) => ({
    ...topology,
    operators: {
      place: { type: 'lookup', input: 'readings', as: 'place', returns: 'string', ...more },
    },
    sinks: { out: { type: 'stdout', input: 'place', value: 'json' } },
  });
  const http = { http: { url: "'http://127.0.0.1:9/' + id" }, retry: { attempts: 1 } };

  it('answers in the place of what the node would ask', async () => {
    write('topology.json', lookup(http));
    const records = [{ value: { id: 'a', n: 60, place: 'Bonn' } }, { value: { id: 'c', n: 60, place: 'nowhere' } }];
    expect(await run([steps('a'), steps('c'), { expect: { from: 'out', records } }], { mocks })).toEqual([]);
  });

  it('fails where it is told to, so that the fallback is seen', async () => {
    write('topology.json', lookup({ ...http, fallback: "'unknown'" }));
    const records = [{ value: { id: 'b', n: 60, place: 'unknown' } }];
    expect(await run([steps('b'), { advance: '5m' }, { expect: { from: 'out', records } }], { mocks })).toEqual([]);
  });

  it('is refused for a node that asks nobody', async () => {
    expect(await run([send(60)], { mocks: { large: mocks.place } })).toEqual([
      'a.test.json error UNKNOWN_NODE  mocks.large: "mocks" names "large", which is no node that asks anybody.',
    ]);
  });
});

describe('a test file', () => {
  it('is refused as a whole for what it should not say, with positions', async () => {
    expect(await run([{ sendd: {} }])).toEqual([
      expect.stringMatching(
        /^a\.test\.json error UNKNOWN_KEY {2}cases\[0\]\.steps\[0\]\.sendd: .*Did you mean "send"\?/,
      ),
    ]);
    expect(await run([{ advance: '10' }])).toEqual([
      expect.stringMatching(/^a\.test\.json error WRONG_DURATION {2}cases\[0\]\.steps\[0\]\.advance/),
    ]);
    expect(await run([send(1)], { case: [] })).toEqual([
      expect.stringMatching(/^a\.test\.json error UNKNOWN_KEY {2}case/),
    ]);
  });

  it('tells the findings of a topology that is wrong', async () => {
    write('topology.json', { ...topology, sinks: { out: { ...topology.sinks.out, input: 'halff' } } });
    expect(await run([send(1)])).toEqual([
      expect.stringMatching(/^topology\.json error UNKNOWN_NODE {2}sinks\.out\.input/),
    ]);
  });

  it('is left as it is by a run', async () => {
    await run([send(60)]);
    expect(JSON.parse(readFileSync(join(folder, 'a.test.json'), 'utf8'))).toHaveProperty('topology', './topology.json');
  });
});
