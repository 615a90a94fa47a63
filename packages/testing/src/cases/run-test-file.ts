import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkDocument, HeadraceError, parseText } from '@headrace/core';
import type { CheckedDocument, Finding, LocatedFinding, ModuleLoader, Path, Registry } from '@headrace/core';
import { JsonValues } from '../driver/json-record.ts';
import { TopologyError } from '../driver/topology-error.ts';
import { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import { checkNames, checkParameters, checkSteps } from './check-steps.ts';
import { withMocks } from './mock-lookups.ts';
import { runCase, type CaseResult } from './run-case.ts';
import { testFileSchema, type TestCase, type TestFile } from './test-file.ts';

/** What running test files needs from outside. */
export interface TestFileOptions {
  readonly registry: Registry;
  /** Loads files of `$use`, and topologies in TypeScript. */
  readonly modules: ModuleLoader;
  /** Runs only the cases whose name contains it. */
  readonly filter?: string;
  /** Goes on behind an expectation of records that fails, so that all changes that mend a case are known at once. */
  readonly update?: boolean;
}

/** How a case of a file ended. */
export interface ReportedCase extends CaseResult {
  readonly file: string;
  readonly name: string;
  /** The failures as findings, with their place in the file. */
  readonly findings: readonly LocatedFinding[];
}

/** What running a file says, as soon as it is known: what is wrong with the file or its topology, or how a case ended. */
export type TestFileReport = { readonly invalid: readonly LocatedFinding[] } | { readonly ended: ReportedCase };

/** Runs the cases of a `*.test.json` one after the other, each with a topology of its own that starts from nothing. */
export async function* runTestFile(file: string, options: TestFileOptions): AsyncGenerator<TestFileReport> {
  const document = checkDocument(testFileSchema, readFileSync(file, 'utf8'), file);
  if (document.findings.length > 0) {
    yield { invalid: document.findings };
    return;
  }
  const test = document.value as TestFile;
  const findings = checkSteps(test).map((finding) => document.locate(finding));
  if (findings.length > 0) {
    yield { invalid: findings };
    return;
  }
  for (const [i, testCase] of test.cases.entries()) {
    if (options.filter !== undefined && !testCase.name.includes(options.filter)) continue;
    const report = await reportOf(test, testCase, i, file, document, options);
    yield report;
    if ('invalid' in report) return;
  }
}

async function reportOf(
  test: TestFile,
  testCase: TestCase,
  index: number,
  file: string,
  document: CheckedDocument,
  options: TestFileOptions,
): Promise<TestFileReport> {
  const at = ['cases', index];
  let driver: TopologyTestDriver;
  try {
    const made = await createDriver(test, index, file, options);
    if (!(made instanceof TopologyTestDriver)) return { invalid: made.map((finding) => document.locate(finding)) };
    driver = made;
  } catch (thrown) {
    if (thrown instanceof TopologyError) return { invalid: thrown.findings };
    return { invalid: [document.locate(notStarted(thrown, test, at))] };
  }
  const result = await runCase(testCase, {
    driver,
    values: new JsonValues(options.registry),
    file,
    at,
    update: options.update ?? false,
  });
  const findings = result.failures.flatMap((failure) =>
    failure.differences.map(({ path, message }) => {
      const text = path === '' ? message : `${path}: ${message}`;
      const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
      return document.locate({ code: failure.code, severity: 'error', at: failure.at, message: sentence });
    }),
  );
  return { ended: { ...result, file, name: testCase.name, findings } };
}

function notStarted(thrown: unknown, { mocks = {} }: TestFile, at: Path): Finding {
  const { message } = thrown as Error;
  if (!(thrown instanceof HeadraceError)) return { code: 'TEST_FAILED', severity: 'error', at, message };
  const { code } = thrown;
  const { node = '' } = thrown.place;
  if (code === 'INVALID_TIME') return { code, severity: 'error', at: ['start'], message };
  const isMock = code === 'UNKNOWN_NODE' && Object.hasOwn(mocks, node);
  return { code, severity: 'error', at: isMock ? ['mocks', node] : at, message };
}

async function createDriver(
  test: TestFile,
  index: number,
  file: string,
  options: TestFileOptions,
): Promise<TopologyTestDriver | readonly Finding[]> {
  const testCase = test.cases[index] as TestCase;
  const topology = resolve(dirname(file), test.topology);
  const { registry, modules } = options;
  const source = await sourceOf(topology, modules);
  const names = namesOf(testCase);
  const common = { file: topology, registry, modules, ...(test.parameters && { parameters: test.parameters }) };
  const set = checkParameters(test, definitionOf(source, topology));
  if (set.length > 0) return set;
  const checked = TopologyTestDriver.check({ ...common, ...source });
  const unknown = checkNames(test, index, checked);
  if (unknown.length > 0) return unknown;
  return TopologyTestDriver.create({
    ...common,
    ...(test.mocks === undefined ? source : { definition: withMocks(definitionOf(source, topology), test.mocks) }),
    ...(test.start !== undefined && { start: test.start }),
    ...(test.partitions !== undefined && { partitions: test.partitions }),
    inputs: names.inputs.filter((id) => checked.nodes.get(id)?.kind !== 'source'),
    outputs: names.outputs.filter((from) => checked.nodes.get(from)?.kind !== 'sink'),
  });
}

async function sourceOf(topology: string, modules: ModuleLoader) {
  if (!/\.[cm]?[jt]s$/.test(topology)) return { text: readFileSync(topology, 'utf8') };
  return { definition: await (await modules.load(topology))['default'] };
}

function definitionOf(source: { text: string } | { definition: unknown }, file: string): unknown {
  return 'text' in source ? parseText(source.text, file).value : source.definition;
}

function namesOf({ steps }: TestCase) {
  const inputs = steps.flatMap((step) => ('send' in step ? [step.send.to] : []));
  const outputs = steps.flatMap((step) => ('expect' in step ? [step.expect.from] : []));
  return { inputs: [...new Set(inputs)], outputs: [...new Set(outputs)] };
}
