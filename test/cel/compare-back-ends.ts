import { generated, interpreter, readsOf, type Checked } from '@headrace/cel';
import { expect } from 'vitest';
import { spend } from '../../packages/cel/src/values/meter.ts';
import { generatedOverFields, generatedOverPaths, outcomeOf, type Values } from './back-ends.ts';

/** Evaluates an expression on records by all back ends, and fails where one gives something else or reads something else. */
export function compareBackEnds(checked: Checked, records: readonly Values[]): void {
  const interpret = interpreter(checked);
  const generate = generated(checked);
  const [overPaths, overFields] = [generatedOverPaths(checked), generatedOverFields(checked)];
  for (const values of records) {
    const [asked, read, paths]: [string[], string[], string[][]] = [[], [], []];
    const expected = outcomeOf(() => interpret(recorded(values, asked)));
    // An evaluation before this one may have used up what one may use.
    expect(() => spend(Infinity)).toThrow('too much');
    expect(
      outcomeOf(() => generate(recorded(values, read))),
      checked.source,
    ).toStrictEqual(expected);
    expect(read, `the reads of ${checked.source}`).toEqual([...new Set(asked)]);
    expect(
      outcomeOf(() => overPaths(values, paths)),
      checked.source,
    ).toStrictEqual(expected);
    expect(
      outcomeOf(() => overFields(values)),
      checked.source,
    ).toStrictEqual(expected);
    checkPaths(checked, paths, asked);
  }
}

function recorded(values: Values, names: string[]): (name: string) => unknown {
  return (name) => {
    names.push(name);
    return values[name];
  };
}

// Each path once at most, only those that were told before, and nothing of a variable that the interpreter did not look at.
function checkPaths(checked: Checked, paths: readonly string[][], asked: readonly string[]): void {
  const known = readsOf([checked]).read.map((path) => path.join('.'));
  const read = paths.map((path) => path.join('.'));
  expect(new Set(read).size, `each path once in ${checked.source}`).toBe(read.length);
  for (const path of read) expect(known, checked.source).toContain(path);
  for (const [variable] of paths) expect(asked, checked.source).toContain(variable);
}
