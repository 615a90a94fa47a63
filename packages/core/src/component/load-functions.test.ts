import { expect, it } from 'vitest';
import { loadFunctions } from './load-functions.ts';
import { UserFunction } from './user-function.ts';

const use = (file: string, exported: string) => new UserFunction(`${file}#${exported}`, { file, exported }, undefined);
const topology = (functions: readonly UserFunction[], directory = '/') => ({
  functions,
  directory,
  nodes: new Map(
    functions.map((one, n) => [`node${String(n)}`, { id: `node${String(n)}`, options: { set: { x: one } } }]),
  ),
  run: { nodeTimeoutMs: 1234 },
});
const double = (value: number) => value * 2;

it('loads each file once and binds what it exports', async () => {
  const loaded: string[] = [];
  const load = (file: string) => {
    loaded.push(file);
    return Promise.resolve({ double, half: (value: number) => value / 2 });
  };
  const functions = [
    use('./f.ts', 'double'),
    use('./f.ts', 'half'),
    new UserFunction('a lambda', null, undefined, double),
  ];
  expect(await loadFunctions(topology(functions, '/topology'), { load })).toEqual(['/topology/f.ts']);
  expect(loaded).toEqual(['/topology/f.ts']);
  expect(functions.map((one) => one.bound<(value: number) => number>()(4))).toEqual([8, 2, 8]);
});

it('says which functions a file has where it lacks the one that is named', async () => {
  const load = () => Promise.resolve({ double, version: 1 });
  await expect(loadFunctions(topology([use('./f.ts', 'toString')]), { load })).rejects.toMatchObject({
    code: 'FUNCTION_NOT_FOUND',
    message: '"./f.ts#toString" names no exported function: its functions are double.',
    place: { file: '/f.ts' },
  });
});

it('keeps the cause where a file cannot be loaded', async () => {
  const cause = new SyntaxError('Unexpected token');
  const load = () => Promise.reject(cause);
  await expect(loadFunctions(topology([use('./f.ts', 'x')]), { load })).rejects.toMatchObject({
    code: 'MODULE_NOT_LOADED',
    cause,
  });
});

it('names the nodes that a file is loaded for, to the loader and in its error', async () => {
  const seen: unknown[] = [];
  const load = (file: string, context: unknown) => {
    seen.push([file, context]);
    return file === '/g.ts' ? Promise.reject(new Error('too late')) : Promise.resolve({ double });
  };
  const functions = [use('./f.ts', 'double'), use('../f.ts', 'double'), use('g.ts', 'x')];
  await expect(loadFunctions(topology(functions), { load })).rejects.toMatchObject({
    message: 'The file of "g.ts#x" of node "node2" cannot be loaded: too late',
    place: { file: '/g.ts', node: 'node2' },
  });
  expect(seen).toEqual([
    ['/f.ts', { longestMs: 1234, nodes: ['node0', 'node1'] }],
    ['/g.ts', { longestMs: 1234, nodes: ['node2'] }],
  ]);
});

it('refuses a call of a function that was not loaded', () => {
  expect(() => use('./f.ts', 'x').bound()).toThrow(expect.objectContaining({ code: 'FUNCTION_NOT_LOADED' }));
});
