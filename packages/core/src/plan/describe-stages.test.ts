import { expect, it } from 'vitest';
import { builtInComponents } from '../built-in-components.ts';
import { createRegistry } from '../component/registry.ts';
import { checkTopology } from '../validate/check-topology.ts';
import { describeStages, formatStages } from './describe-stages.ts';
import { planTopology } from './plan-topology.ts';

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long' },
    { name: 'line', type: 'string' },
    { name: 'items', type: { type: 'array', items: 'string' } },
  ],
};
const type = 'Order { id: string, n: long, line: string, items: array<string> }';

/** Shows the stages behind one operator whose port "out" goes to a sink that drops. */
function shown(
  operator: object,
  more: { run?: object; operators?: object; sinks?: object; input?: string } = {},
): string {
  const definition = {
    headrace: 1,
    name: 'shown',
    ...(more.run !== undefined && { run: more.run }),
    sources: { in: { type: 'file', path: './in.ndjson', value: { codec: 'json', schema: order } } },
    operators: { node: { input: 'in', ...operator }, ...more.operators },
    sinks: { out: { type: 'drop', input: more.input ?? 'node' }, ...more.sinks },
  };
  const { graph, findings } = checkTopology(
    { text: JSON.stringify(definition), file: 'topology.json' },
    { registry: createRegistry(builtInComponents), readFile: () => '', env: {}, set: {}, purpose: 'run' },
  );
  if (graph === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  return formatStages(describeStages(planTopology(graph)));
}

/** The lines of the operator alone. */
function node(operator: object, more: Parameters<typeof shown>[1] = {}): string {
  const lines = shown(operator, more).split('\n');
  const from = lines.indexOf('  node') + 1;
  const to = lines.findIndex((line, index) => index >= from && /^ {2}\S/.test(line));
  return lines.slice(from, to).join('\n');
}

it('shows a stage from what its head decodes to where its exits lead', () => {
  expect(shown({ type: 'filter', where: 'n > 1' })).toBe(`stage 0: decodes values by json of ${type}
  in
    out -> node
    a failure: stops the run
  node
    filter where n > 1; the others to dropped
    out -> out
    dropped -> nobody; counted
    a failure: stops the run
  out
    out -> exit 0
    a failure: stops the run
  exit 0: sink out, values by avro of ${type}`);
});

it('shows where failures go: by the port error, by a policy, to the dead letters', () => {
  const filter = { type: 'filter', where: 'n > 1' };
  const file = { type: 'file', path: './out/letters', value: 'json' };
  expect(node(filter, { sinks: { bad: { ...file, input: 'node.error' } } })).toContain(
    'error -> bad\n    a failure: leaves by the port error',
  );
  const process = { process: 'skip' };
  const expected = 'a failure: process is counted and left out; deliver stops the run';
  expect(node({ ...filter, onError: process })).toContain(expected);
  expect(node(filter, { run: { onError: process } })).toContain(expected);
  const letters = {
    run: { onError: { decode: 'deadLetter', process: 'deadLetter' }, deadLetter: { sink: 'bad' } },
    sinks: { bad: { ...file, input: 'node.dropped' } },
  };
  expect(node(filter, letters)).toMatch(/a failure: process is a dead letter, by exit \d+; deliver stops the run/);
});

it.each([
  [
    {
      type: 'map',
      let: { twice: 'n * 2' },
      set: { n: 'twice' },
      remove: ['items'],
      keyBy: 'id',
      headers: { from: 'id' },
    },
    [
      'project to',
      'let twice = n * 2',
      'id = copy of id',
      'n = twice',
      'line = copy of line',
      'key = id',
      'header from = id',
    ],
  ],
  [
    { type: 'flatMap', each: 'items', as: 'item', index: 'at' },
    ['each of items as item (number at) to string; none to dropped', 'the item itself'],
  ],
  [{ type: 'keyBy', by: 'id' }, ['key by id; null to dropped']],
  [
    { type: 'parse', of: 'line', format: 'logfmt', select: { level: "m['level']" } },
    ['parse line as logfmt into m', "level = m['level']"],
  ],
  [{ type: 'assert', that: { positive: 'n > 0' } }, ['check that', 'positive: n > 0']],
  [{ type: 'peek', log: 'info' }, ['peek info']],
  [{ type: 'sample', every: 10 }, ['sample every 10th; the others to dropped']],
  [{ type: 'sample', rate: 0.5, by: 'id' }, ['sample a share of 0.5 by id; the others to dropped']],
  [{ type: 'throttle', perSecond: 5, over: 'drop', by: 'id' }, ['throttle to 5 a second by id; the others to dropped']],
  [{ type: 'process', $use: './f.ts#run', output: order }, ['process call of ./f.ts#run to out']],
])('shows each step with its expressions: %j', (operator, lines) => {
  const text = node(operator);
  for (const line of lines) expect(text).toContain(line);
});

it('shows the cases of a branch with their ports', () => {
  const branch = { type: 'branch', match: 'all', cases: [{ port: 'big', where: 'n > 100' }] };
  expect(node(branch, { input: 'node.big' })).toBe(`    branch to all of; the others to unmatched
      big where n > 100
    big -> out
    unmatched -> nobody; counted
    a failure: stops the run`);
});
