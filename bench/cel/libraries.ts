import { celEnv, parse, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';

/** Makes a function of an expression. */
export type Make = (source: string) => (record: never) => unknown;

/** The libraries of npm that evaluate CEL; ints are bigints to both, so that records are converted before anything is measured. */
export const libraries: readonly (readonly [name: string, make: Make])[] = [
  ['@marcbachmann/cel-js', makeByCelJs],
  ['@bufbuild/cel', makeByBuf],
];

const environment = new Environment()
  .registerVariable('amount', 'double')
  .registerVariable('qty', 'int')
  .registerVariable('userId', 'int')
  .registerVariable('country', 'string')
  .registerVariable('id', 'string')
  .registerVariable('tags', 'list<string>');

function makeByCelJs(source: string): (record: never) => unknown {
  const run = environment.parse(source);
  return (record) => run(record);
}

function makeByBuf(source: string): (record: never) => unknown {
  return plan(celEnv(), parse(source)) as (record: never) => unknown;
}
