import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HeadraceError, parseDuration, type Path } from '@headrace/core';
import type { JsonValues } from '../driver/json-record.ts';
import type { SentRecord } from '../driver/test-record.ts';
import type { TopologyTestDriver } from '../driver/topology-test-driver.ts';
import type { Difference } from './compare.ts';
import { failureLog, type FailureLog } from './failure-log.ts';
import { matchRecords, type JsonRecord } from './match-records.ts';
import type { SendStep, TestCase, TestStep } from './test-file.ts';
import { updateExpectation, type FileChange } from './update-expectation.ts';

/** Why a case failed: the step, by its place in the file, and all that differs there. */
export interface CaseFailure {
  readonly at: Path;
  readonly code: string;
  readonly differences: readonly Difference[];
}

/** How a case ended. */
export interface CaseResult {
  readonly failures: readonly CaseFailure[];
  /** What to change in the file so that the expectations of records that failed hold, one after the other. */
  readonly changes: readonly FileChange[];
  /** Whether these changes mend everything that failed. */
  readonly mended: boolean;
}

/** What running a case needs. */
export interface CaseContext {
  readonly driver: TopologyTestDriver;
  readonly values: JsonValues;
  /** The test file, from which paths resolve. */
  readonly file: string;
  /** The place of the case in the file. */
  readonly at: Path;
  /** Whether to go on behind an expectation that changes of the file mend. */
  readonly update: boolean;
}

/** Runs the steps of a case in order and ends it; the first step that fails is the last that runs. */
export async function runCase(testCase: TestCase, context: CaseContext): Promise<CaseResult> {
  const run = new CaseRun(testCase, context, failureLog());
  try {
    return await run.all();
  } finally {
    run.close();
    // Whatever it failed of has been told by then.
    await context.driver.stop().catch(() => undefined);
  }
}

class CaseRun {
  readonly #case: TestCase;
  readonly #context: CaseContext;
  readonly #failures: FailureLog;
  readonly #changes: FileChange[] = [];
  readonly #dropped = new Map<string, number>();
  /** Why the run failed and in which step, until somebody expects it. */
  #pending: { readonly error: HeadraceError; readonly at: Path } | null = null;
  #at: Path;
  #over = false;

  constructor(testCase: TestCase, context: CaseContext, failures: FailureLog) {
    this.#case = testCase;
    this.#context = context;
    this.#failures = failures;
    this.#at = context.at;
  }

  close(): void {
    this.#failures.close();
  }

  async all(): Promise<CaseResult> {
    const failures: CaseFailure[] = [];
    for (const [i, step] of this.#case.steps.entries()) {
      const before = this.#changes.length;
      const failure = await this.#failureOf(step, [...this.#context.at, 'steps', i]);
      if (failure === null) continue;
      failures.push(failure);
      const mends = failure.code === 'EXPECTATION_FAILED' && this.#changes.length > before;
      if (!mends || !this.#context.update) return { failures, changes: this.#changes, mended: mends };
    }
    const rest = this.#pending === null ? this.#rest() : [this.#runFailure(this.#pending)];
    return { failures: [...failures, ...rest], changes: this.#changes, mended: rest.length === 0 };
  }

  async #failureOf(step: TestStep, at: Path): Promise<CaseFailure | null> {
    if (this.#pending !== null && !('expectError' in step) && !('expect' in step))
      return this.#runFailure(this.#pending);
    this.#at = at;
    try {
      const differences = await this.#step(step, at);
      if (differences.length === 0) return null;
      return this.#pending === null
        ? { at, code: 'EXPECTATION_FAILED', differences }
        : this.#runFailure({ ...this.#pending, at: 'expectError' in step ? at : this.#pending.at }, differences);
    } catch (thrown) {
      const error = thrown as Error;
      const code = thrown instanceof HeadraceError ? thrown.code : 'TEST_FAILED';
      return { at, code, differences: [{ path: '', message: error.message }] };
    }
  }

  async #step(step: TestStep, at: Path): Promise<readonly Difference[]> {
    const { driver } = this.#context;
    if ('send' in step) return this.#send(step.send);
    if ('advance' in step) return this.#advance(step.advance);
    if ('expect' in step) {
      const records = this.#read(step.expect.from);
      const differences = matchRecords(step.expect, records);
      if (differences.length > 0) this.#changes.push(...updateExpectation(step.expect, records, [...at, 'expect']));
      return differences;
    }
    if ('expectDropped' in step) return this.#expectDropped(step.expectDropped);
    if ('expectError' in step) return this.#expectError(step.expectError);
    if ('restart' in step) return this.#settled(() => driver.restart());
    return this.#settled(() => driver.end());
  }

  async #send(send: SendStep): Promise<readonly Difference[]> {
    const { driver } = this.#context;
    const records = recordsOf(send, this.#context);
    await driver.send(send.to, records);
    return this.#settled(() => driver.settle());
  }

  #advance(by: Extract<TestStep, { advance: unknown }>['advance']): Promise<readonly Difference[]> {
    const { driver } = this.#context;
    if (typeof by === 'string') return this.#settled(() => driver.advance(by));
    const { stream, wall } = by;
    if (wall !== undefined) return this.#settled(() => driver.advanceWall(wall));
    if (stream !== undefined) driver.advanceStream(stream);
    return Promise.resolve([]);
  }

  // A run that fails may be what the next step expects.
  async #settled(work: () => Promise<unknown>): Promise<readonly Difference[]> {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof HeadraceError)) throw thrown;
      this.#pending = { error: thrown, at: this.#at };
    }
    return [];
  }

  #read(from: string): JsonRecord[] {
    const { driver, values } = this.#context;
    const sink = driver.sink(from);
    return driver.read(from).map(({ key, value, timestamp, headers }) => ({
      key: sink.key === null ? bare(key) : values.write(key, sink.key.schema),
      value: values.write(value, sink.value.schema),
      timestamp,
      headers,
    }));
  }

  #expectDropped({ node, reason, count }: { node: string; reason: string; count: number }): readonly Difference[] {
    const { driver } = this.#context;
    if (!driver.graph.nodes.has(node)) driver.sink(node);
    const total = driver.counters()[node]?.[reason] ?? 0;
    const name = `${node}.${reason}`;
    const since = total - (this.#dropped.get(name) ?? 0);
    this.#dropped.set(name, total);
    if (since === count) return [];
    const counted = Object.entries(driver.counters()[node] ?? {}).map(([key, value]) => `${key} ${String(value)}`);
    const all = counted.length === 0 ? 'nothing was counted there' : `counted there: ${counted.join(', ')}`;
    return [{ path: name, message: `expected ${String(count)}, got ${String(since)}; ${all}` }];
  }

  #expectError({ node, code }: { node: string; code: string }): readonly Difference[] {
    const pending = this.#pending?.error ?? null;
    if (
      pending !== null &&
      (pending.code === code || hasCode(pending, code)) &&
      (pending.place.node ?? node) === node
    ) {
      this.#pending = null;
      this.#over = true;
      return [];
    }
    if (this.#failures.take(node, code)) return [];
    const seen = this.#failures.list();
    const message = `expected an error ${code} at "${node}", got ${seen.length === 0 ? 'none' : seen.join(', ')}`;
    return [{ path: '', message }];
  }

  #runFailure(
    { error, at }: { readonly error: HeadraceError; readonly at: Path },
    differences: readonly Difference[] = [],
  ): CaseFailure {
    const node = error.place.node === undefined ? '' : ` at "${error.place.node}"`;
    return {
      at,
      code: error.code,
      differences: [{ path: '', message: `the run failed${node}: ${error.message}` }, ...differences],
    };
  }

  #rest(): CaseFailure[] {
    const { driver, at } = this.#context;
    if (this.#case.rest === 'ignore' || this.#over) return [];
    const left = Object.keys(driver.unread());
    const differences = left.flatMap((sink) =>
      this.#read(sink).map((record) => ({ path: sink, message: `nobody expected ${JSON.stringify(record)}` })),
    );
    return differences.length === 0 ? [] : [{ at, code: 'RECORDS_NOT_EXPECTED', differences }];
  }
}

function hasCode(error: HeadraceError, code: string): boolean {
  return error.cause instanceof HeadraceError && (error.cause.code === code || hasCode(error.cause, code));
}

// A key without a codec is bytes; tests write it as text.
function bare(key: unknown): unknown {
  return key instanceof Uint8Array ? Buffer.from(key).toString() : key;
}

function recordsOf(send: SendStep, { driver, values, file }: CaseContext): SentRecord[] {
  const source = driver.source(send.to);
  const { at, partition, headers } = send;
  const key = source.key === null || typeof send.key !== 'object' ? send.key : values.read(send.key, source.key.schema);
  const common = {
    ...(key !== undefined && { key }),
    ...(headers !== undefined && { headers }),
    ...(partition !== undefined && { partition }),
    timestamp: instantOf(at, driver.now),
  };
  if (send.raw !== undefined) return [{ ...common, raw: Buffer.from(send.raw) }];
  if (send.file !== undefined) {
    const lines = linesOf(resolve(dirname(file), send.file), send.file);
    return lines.map((line, i) => ({
      ...common,
      raw: source.value.codec === 'json' ? Buffer.from(line) : encoded(line, i + 1),
    }));
  }
  return (send.values ?? [send.value]).map((value) => ({ ...common, value: values.read(value, source.value.schema) }));

  function encoded(line: string, number: number): Uint8Array {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      const message = `Line ${String(number)} of "${send.file ?? ''}" is no JSON.`;
      throw new HeadraceError('BAD_JSON', message, { cause });
    }
    return driver.encode(send.to, values.read(value, source.value.schema));
  }
}

function linesOf(path: string, written: string): readonly string[] {
  try {
    const text = readFileSync(path, 'utf8');
    return text.split(/\r?\n/).filter((line) => line !== '');
  } catch (cause) {
    throw new HeadraceError('FILE_NOT_FOUND', `The file "${written}" cannot be read.`, { cause });
  }
}

function instantOf(at: string | number | undefined, now: number): number {
  if (at === undefined) return now;
  if (typeof at === 'number') return at;
  const ms = at.startsWith('+') ? now + (parseDuration(at.slice(1)) ?? Number.NaN) : Date.parse(at);
  if (Number.isFinite(ms)) return ms;
  throw new HeadraceError('INVALID_TIME', `"${at}" is no time: write "2026-01-01T00:00:00Z" or "+10s".`);
}
