import { readFileSync } from 'node:fs';
import { readCases } from './read-cases.ts';
import { runCase, type BackEnd } from './run-case.ts';

/** What of the suite is not asked for: whole suites with the reason, and single tests by the reason. */
interface Exceptions {
  readonly suites: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, readonly string[]>>;
}

/** How one test went: `problem` is null where it passed. */
export interface Outcome {
  readonly suite: string;
  readonly id: string;
  readonly expr: string;
  readonly problem: string | null;
}

/** Reads what is not asked for. */
export function readExceptions(): Exceptions {
  return JSON.parse(readFileSync(new URL('exceptions.json', import.meta.url), 'utf8')) as Exceptions;
}

/** Gives the reason for which a test is not asked for, by its id. */
export function reasonsOf({ tests }: Exceptions): ReadonlyMap<string, string> {
  return new Map(Object.entries(tests).flatMap(([reason, ids]) => ids.map((id) => [id, reason] as const)));
}

/** Runs every test of the suites that are asked for through the checker and a back end. */
export function runSuite(backEnd: BackEnd): readonly Outcome[] {
  const { suites } = readExceptions();
  return readCases()
    .filter(({ suite }) => !Object.hasOwn(suites, suite))
    .map((each) => ({ suite: each.suite, id: each.id, expr: each.test.expr, problem: runCase(each, backEnd) }));
}
