// The word "then" is one of the format.
/* oxlint-disable unicorn/no-thenable */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    { name: 'x', type: 'double', default: 0 },
  ],
};
const topology = {
  headrace: 1,
  name: 'readings',
  parameters: { least: { type: 'int', default: 10 } },
  sources: { readings: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema }, keyBy: 'id' } },
  operators: {
    large: { type: 'filter', input: 'readings', where: 'n > params.least' },
    half: { type: 'map', input: 'large', set: { x: '100.0 / 3.0', n: '100 / (n - 50)' } },
  },
  sinks: { out: { type: 'stdout', input: 'half', value: 'json' } },
};
let folder: string;
const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-steps-'));
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
const one = (records: unknown, more: object = {}) => [send(60), { expect: { from: 'out', records, ...more } }];
const value = (part: object) => one([{ value: { id: 'a', n: 10, x: { $any: true }, ...part } }]);
const lookup = {
  ...topology,
  operators: {
    half: {
      type: 'lookup',
      input: 'readings',
      as: 'place',
      returns: 'string',
      http: { url: "'http://127.0.0.1:9/'" },
      retry: { attempts: 0 },
    },
  },
};
const asked = (place: string, n = 60) => [
  send(n),
  { expect: { from: 'out', records: [{ value: { id: 'a', n, x: 0, place } }] } },
];
const mocked = (answers: unknown) => ({ mocks: { half: answers } });

type Row = [name: string, steps: readonly object[], more?: object];
type FailingRow = [name: string, said: string, steps: readonly object[], more?: object];

// Each step and each special value of FORMAT 8, where it holds.
const passing: readonly Row[] = [
  ['$any', value({})],
  ['$where', value({ n: { $where: 'value > 9' } })],
  ['$approx', value({ x: { $approx: 33.333333333333 } })],
  ['exact', one([{ value: { id: 'a', n: 10, x: { $any: true } }, timestamp: '2026-01-01T00:00:00Z' }])],
  ['subset', one([{ value: { id: 'a' } }], { match: 'subset' })],
  [
    'unordered',
    [
      send(60),
      send(70),
      { expect: { from: 'out', match: 'unordered', records: [{ value: { $where: 'value.n == 5' } }, {}] } },
    ],
  ],
  ['count', [send(60), { expect: { from: 'out', count: 1 } }]],
  ['none', [send(1), { expect: { from: 'out', none: true } }]],
  ['rest: ignore', [send(60)], { rest: 'ignore' }],
  [
    'values',
    [
      {
        send: {
          to: 'readings',
          values: [
            { id: 'a', n: 60 },
            { id: 'a', n: 1 },
          ],
        },
      },
      { expect: { from: 'out', count: 1 } },
    ],
  ],
  ['raw', [{ send: { to: 'readings', raw: '{"id":"a","n":60}' } }, { expect: { from: 'out', count: 1 } }]],
  ['file', [{ send: { to: 'readings', file: './in.ndjson' } }, { expect: { from: 'out', count: 2 } }]],
  ['at', [send(60, { at: '+10s' }), { expect: { from: 'out', records: [{ timestamp: '2026-01-01T00:00:10Z' }] } }]],
  ['headers', [send(60, { headers: { a: 'b' } }), { expect: { from: 'out', records: [{ headers: { a: 'b' } }] } }]],
  ['partition', [send(60, { partition: 2 }), { expect: { from: 'out', count: 1 } }], { partitions: { readings: 3 } }],
  ['parameters', [send(60), { expect: { from: 'out', none: true } }], { parameters: { least: 70 } }],
  [
    'send to a node, with a key',
    [
      { send: { to: 'half', key: 'k', value: { id: 'x', n: 150, x: 0 } } },
      { expect: { from: 'half', records: [{ key: 'k' }] } },
      { expect: { from: 'out', count: 1 } },
    ],
  ],
  ['send to a sink', [{ send: { to: 'out', value: { id: 'a', n: 1, x: 2 } } }, { expect: { from: 'out', count: 1 } }]],
  [
    'advance',
    [{ advance: '10s' }, send(60), { expect: { from: 'out', records: [{ timestamp: '2026-01-01T00:00:10Z' }] } }],
  ],
  [
    'advance of the stream',
    [
      { advance: { stream: '5s' } },
      send(60),
      { expect: { from: 'out', records: [{ timestamp: '2026-01-01T00:00:05Z' }] } },
    ],
  ],
  [
    'advance of the wall',
    [
      { advance: { wall: '1h' } },
      send(60),
      { expect: { from: 'out', records: [{ timestamp: '2026-01-01T00:00:00Z' }] } },
    ],
  ],
  ['expectDropped', [send(1), { expectDropped: { node: 'large', reason: 'dropped', count: 1 } }]],
  ['expectError', [send(50), { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } }]],
  [
    'expectError at a source',
    [{ send: { to: 'readings', raw: '{' } }, { expectError: { node: 'readings', code: 'BAD_JSON' } }],
  ],
  [
    'expectError beside the port "error"',
    [
      send(50),
      { expect: { from: 'half.error', records: [{ value: { id: 'a', n: 50, x: 0 } }] } },
      { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } },
    ],
  ],
  ['restart', [send(60), { restart: true }, send(70), { expect: { from: 'out', count: 2 } }]],
  [
    'restart keeps what was seen',
    [send(60), { expect: { from: 'out', count: 1 } }, { restart: true }, { expect: { from: 'out', none: true } }],
  ],
  ['end', [send(60), { end: true }, { expect: { from: 'out', count: 1 } }]],
  ['end, and a start after it', [{ end: true }, { restart: true }, send(60), { expect: { from: 'out', count: 1 } }]],
];

const wrong = 'a.test.json error EXPECTATION_FAILED  cases[0].steps[1]: ';
const zero =
  'a.test.json error DIVISION_BY_ZERO  cases[0].steps[0]: the run failed at "half": Node "half" failed on the record at offset 0 of "readings/0": division by zero.';

// The same where it does not hold, with the first thing that a user is told.
const failing: readonly FailingRow[] = [
  ['$any', `${wrong}records[0].value.y: expected {"$any":true}, got no such field.`, value({ y: { $any: true } })],
  ['$where', `${wrong}records[0].value.n: expected value > 10, got 10.`, value({ n: { $where: 'value > 10' } })],
  [
    '$where of a field that is not there',
    `${wrong}records[0].value.y: expected {"$where":"value > 1"}, got no such field.`,
    value({ y: { $where: 'value > 1' } }),
  ],
  [
    '$where of another type',
    `${wrong}records[0].value.id: expected value > 1, got "a" (no such overload: ">" of string, int).`,
    value({ id: { $where: 'value > 1' } }),
  ],
  [
    '$where that is no condition',
    `${wrong}records[0].value.n: expected value + 1, got 10, which gives 11, neither true nor false.`,
    value({ n: { $where: 'value + 1' } }),
  ],
  [
    '$where that is no CEL',
    'a.test.json error SYNTAX_ERROR  cases[0].steps[1].expect.records[0].value.n.$where: unexpected the end of the expression; expected a value.',
    value({ n: { $where: 'value >' } }),
  ],
  [
    '$approx',
    `${wrong}records[0].value.x: expected about 33.3, got 33.333333333333336.`,
    value({ x: { $approx: 33.3 } }),
  ],
  [
    '$approx of a text',
    'a.test.json error WRONG_TYPE  cases[0].steps[1].expect.records[0].value.x.$approx: must be a number.',
    value({ x: { $approx: '33' } }),
  ],
  [
    'a special object that is none',
    'a.test.json error UNKNOWN_KEY  cases[0].steps[1].expect.records[0].value.x.$near: "$near" is not known here: there are $any, $where and $approx.',
    value({ x: { $near: 33 } }),
  ],
  ['exact', `${wrong}records[0].value.id: expected "b", got "a".`, value({ id: 'b' })],
  [
    'a time',
    `${wrong}records[0].timestamp: expected "2026-01-01T00:00:01Z", got 1767225600000.`,
    one([{ timestamp: '2026-01-01T00:00:01Z' }]),
  ],
  ['a key', `${wrong}records[0].key: expected "b", got null.`, one([{ key: 'b' }])],
  ['subset', `${wrong}records[0].value.id: expected "b", got "a".`, one([{ value: { id: 'b' } }], { match: 'subset' })],
  [
    'unordered',
    `${wrong}records[0]: no record is {"value":{"id":"a"}}.`,
    one([{ value: { id: 'a' } }], { match: 'unordered' }),
  ],
  ['count', `${wrong}expected 2 records, got 1 record`, [send(60), { expect: { from: 'out', count: 2 } }]],
  ['none', `${wrong}expected 0 records, got 1 record`, [send(60), { expect: { from: 'out', none: true } }]],
  [
    'match without records',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].expect.match: "match" has a meaning beside "records" only.',
    [{ expect: { from: 'out', count: 1, match: 'subset' } }],
  ],
  [
    'expect of nothing',
    'a.test.json error MISSING_KEY  cases[0].steps[0].expect: one of "records", "count" and "none" is needed.',
    [{ expect: { from: 'out' } }],
  ],
  [
    'expect of two things',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].expect.none: "none" has no meaning beside "count".',
    [{ expect: { from: 'out', count: 0, none: true } }],
  ],
  [
    'expect from nowhere',
    'a.test.json error UNKNOWN_NODE  cases[0].steps[0].expect.from: there is no node "outt" in the topology "readings".',
    [{ expect: { from: 'outt', none: true } }],
  ],
  [
    'expect from no port',
    'a.test.json error UNKNOWN_PORT  cases[0].steps[0].expect.from: there is no "large.droped" to read from: there is "large", "large.dropped", "large.error".',
    [{ expect: { from: 'large.droped', none: true } }],
  ],
  [
    'rest',
    'a.test.json error RECORDS_NOT_EXPECTED  cases[0]: out: nobody expected {"key":null,"value":{"id":"a","n":10',
    [send(60)],
  ],
  [
    'value',
    'a.test.json error BAD_JSON  cases[0].steps[0]: ',
    [{ send: { to: 'readings', value: { id: 'a', m: 1 } } }],
  ],
  [
    'values',
    'a.test.json error BAD_JSON  cases[0].steps[0]: ',
    [{ send: { to: 'readings', values: [{ id: 'a', n: 1 }, 7] } }],
  ],
  [
    'a tombstone',
    'a.test.json error VALUE_MISSING  cases[0].steps[0]: the run failed at "readings"',
    [{ send: { to: 'readings', value: null } }],
  ],
  [
    'raw',
    'a.test.json error BAD_JSON  cases[0].steps[0]: the run failed at "readings": Node "readings" failed on the record at offset 0 of "readings/0": the value is not JSON.',
    [{ send: { to: 'readings', raw: '{' } }],
  ],
  [
    'file',
    'a.test.json error FILE_NOT_FOUND  cases[0].steps[0]: The file "./none.ndjson" cannot be read.',
    [{ send: { to: 'readings', file: './none.ndjson' } }],
  ],
  [
    'send of nothing',
    'a.test.json error MISSING_KEY  cases[0].steps[0].send: one of "value", "values", "raw" and "file" is needed.',
    [{ send: { to: 'readings' } }],
  ],
  [
    'send of two things',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].send.raw: "raw" has no meaning beside "value".',
    [send(1, { raw: 'x' })],
  ],
  [
    'a key for a whole file',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].send.key: "key" has no meaning beside "file"',
    [{ send: { to: 'readings', file: './in.ndjson', key: 'k' } }],
  ],
  [
    'send to nowhere',
    'a.test.json error UNKNOWN_NODE  cases[0].steps[0].send.to: there is no node "reading" in the topology "readings".',
    [{ send: { to: 'reading', value: 1 } }],
  ],
  [
    'key',
    'a.test.json error KEY_NOT_DECLARED  cases[0].steps[0]: Source "readings" declares no codec for its key, so that a key can only be text or bytes.',
    [send(1, { key: { a: 1 } })],
  ],
  [
    'at',
    'a.test.json error INVALID_TIME  cases[0].steps[0]: "+10" is no time: write "2026-01-01T00:00:00Z" or "+10s".',
    [send(1, { at: '+10' })],
  ],
  [
    'partition',
    'a.test.json error UNKNOWN_TOPIC  cases[0].steps[0]: Topic "readings" has no partition 3.',
    [send(1, { partition: 3 })],
  ],
  [
    'headers',
    `${wrong}records[0].headers.a: expected "c", got "b".`,
    [send(60, { headers: { a: 'b' } }), { expect: { from: 'out', records: [{ headers: { a: 'c' } }] } }],
  ],
  [
    'partitions',
    'a.test.json error UNKNOWN_NODE  partitions.large: "large" is no source of the topology "readings".',
    [send(1)],
    { partitions: { large: 2 } },
  ],
  [
    'parameters of another type',
    'a.test.json error WRONG_PARAMETER  parameters.least: must be a whole number, as the type "int" of the parameter asks.',
    [send(60)],
    { parameters: { least: 'many' } },
  ],
  [
    'parameters',
    'a.test.json error UNKNOWN_PARAMETER  parameters.leest: the topology declares no parameter "leest".',
    [send(1)],
    { parameters: { leest: 1 } },
  ],
  [
    'start',
    'a.test.json error INVALID_TIME  start: "soon" is not an instant. Write one such as "2026-01-01T00:00:00Z".',
    [send(1)],
    { start: 'soon' },
  ],
  ['advance', 'a.test.json error WRONG_DURATION  cases[0].steps[0].advance', [{ advance: '10' }]],
  [
    'advance of the stream',
    `${wrong}records[0].timestamp: expected "2026-01-01T00:00:00Z", got 1767225605000.`,
    [send(60, { at: '+5s' }), { expect: { from: 'out', records: [{ timestamp: '2026-01-01T00:00:00Z' }] } }],
  ],
  [
    'advance of another clock',
    'a.test.json error UNKNOWN_KEY  cases[0].steps[0].advance.walls: the key "walls" is not known here. Did you mean "wall"?',
    [{ advance: { walls: '1s' } }],
  ],
  [
    'advance of no clock',
    'a.test.json error MISSING_KEY  cases[0].steps[0].advance: one of "stream" and "wall" is needed.',
    [{ advance: {} }],
  ],
  [
    'advance of both clocks',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].advance.wall: "wall" has no meaning beside "stream".',
    [{ advance: { stream: '1s', wall: '1s' } }],
  ],
  [
    'expectDropped',
    `${wrong}large.droped: expected 1, got 0; counted there: in 1, dropped 1.`,
    [send(1), { expectDropped: { node: 'large', reason: 'droped', count: 1 } }],
  ],
  [
    'expectDropped at nowhere',
    'a.test.json error UNKNOWN_NODE  cases[0].steps[0].expectDropped.node: there is no node "larg" in the topology "readings".',
    [{ expectDropped: { node: 'larg', reason: 'dropped', count: 0 } }],
  ],
  [
    'expectError',
    `${wrong}expected an error DIVISION_BY_ZERO at "half", got none.`,
    [send(1), { expectError: { node: 'half', code: 'DIVISION_BY_ZERO' } }],
  ],
  [
    'expectError of another code',
    'a.test.json error DIVISION_BY_ZERO  cases[0].steps[1]: the run failed at "half"',
    [send(50), { expectError: { node: 'half', code: 'BAD_JSON' } }],
  ],
  [
    'expectError at nowhere',
    'a.test.json error UNKNOWN_NODE  cases[0].steps[0].expectError.node: there is no node "nobody" in the topology "readings".',
    [{ expectError: { node: 'nobody', code: 'X' } }],
  ],
  ['an error that nobody expected', zero, [send(50)]],
  ['restart after an error', zero, [send(50), { restart: true }]],
  [
    'restart',
    'a.test.json error NOT_ALLOWED_VALUE  cases[0].steps[0].restart: false is not allowed: the only value is true.',
    [{ restart: false }],
  ],
  [
    'send after the end',
    'a.test.json error DRIVER_STOPPED  cases[0].steps[1]: the run failed: The topology was stopped: nothing passes through it any more.',
    [{ end: true }, send(60)],
  ],
  [
    'two keys in a step',
    'a.test.json error OPTIONS_CONFLICT  cases[0].steps[0].restart: "end" and "restart"',
    [{ end: true, restart: true }],
  ],
  ['no key in a step', 'a.test.json error NOT_ALLOWED_VALUE  cases[0].steps[0]: must not be empty.', [{}]],
  [
    'a step that is none',
    'a.test.json error UNKNOWN_KEY  cases[0].steps[0].sendd: the key "sendd" is not known here. Did you mean "send"?',
    [{ sendd: {} }],
  ],
  [
    'expectState',
    'a.test.json error NOT_BUILT_YET  cases[0].steps[0].expectState: Expecting the state of a store is not built yet.',
    [{ expectState: {} }],
  ],
];

describe('a test file of its own', () => {
  beforeEach(() => {
    writeFileSync(join(folder, 'in.ndjson'), '{"id":"a","n":60}\n\n{"id":"b","n":70}\n');
  });

  for (const [name, steps, more = {}] of passing)
    it(`passes: ${name}`, async () => {
      expect(await run(steps, more)).toEqual([]);
    });

  for (const [name, said, steps, more = {}] of failing)
    it(`fails: ${name}`, async () => {
      const [first = ''] = await run(steps, more);
      expect(first.slice(0, said.length)).toBe(said);
    });
});

describe('mocks', () => {
  beforeEach(() => write('topology.json', lookup));

  it('answer by the first condition that holds, and otherwise', async () => {
    const answers = [{ when: 'n > 100', then: 'far' }, { when: 'n > 50', then: 'near' }, { otherwise: 'here' }];
    expect(await run(asked('near'), mocked(answers))).toEqual([]);
    expect(await run(asked('far', 200), mocked(answers))).toEqual([]);
    expect(await run(asked('here', 1), mocked(answers))).toEqual([]);
    expect(await run(asked('far'), mocked(answers))).toEqual([
      `${wrong}records[0].value.place: expected "far", got "near".`,
    ]);
  });

  it('fail where they are told to, which a step can expect', async () => {
    const answers = [{ otherwise: { $error: 'timeout' } }];
    const expected = [send(60), { expectError: { node: 'half', code: 'LOOKUP_FAILED' } }];
    expect(await run(expected, mocked(answers))).toEqual([]);
    expect((await run([send(60)], mocked(answers)))[0]).toMatch(/LOOKUP_FAILED {2}cases\[0\]\.steps\[0\]: .*timeout/);
  });

  it('say which record nobody answers for, and which node asks nobody', async () => {
    const [missing] = await run([send(60)], mocked([{ when: 'n > 100', then: 'far' }]));
    expect(missing).toMatch(/No mock of "half" answers this record\. Add an "otherwise"\./);
    expect(await run([send(60)], { mocks: { readings: [{ otherwise: 1 }] } })).toEqual([
      'a.test.json error UNKNOWN_NODE  mocks.readings: "mocks" names "readings", which is no node that asks anybody.',
    ]);
  });
});
