import { isAbsolute, join } from 'node:path';
import { parseDuration } from '../component/duration.ts';
import { parseSize } from '../component/size.ts';
import type { CheckedDefinition, CheckedNode, CommonOptions } from '../definition/checked-definition.ts';
import type { ErrorPolicies } from '../definition/topology-definition.ts';
import { deadLetterSink } from './topology-graph.ts';
import type { ResolvedPolicies, RunSettings, SinkSettings } from './topology-graph.ts';

/** Fills in the `run` section. */
export function resolveRun(definition: CheckedDefinition, directory: string): RunSettings {
  const { run, name } = definition;
  const stateDirectory = run.stateDirectory ?? join('.headrace', name);
  const deadLetter = run.deadLetter;
  return {
    guarantee: run.guarantee === 'best-effort' ? 'best-effort' : 'at-least-once',
    commitIntervalMs: durationOr(run.commitInterval, 1000),
    memoryBytes: sizeOr(run.memory, 512 * 1024 * 1024),
    drainTimeoutMs: durationOr(run.drainTimeout, 25_000),
    nodeTimeoutMs: durationOr(run.nodeTimeout, 30_000),
    stateDirectory: isAbsolute(stateDirectory) ? stateDirectory : join(directory, stateDirectory),
    deadLetter: deadLetter === undefined ? null : 'sink' in deadLetter ? deadLetter.sink : deadLetterSink,
  };
}

/** Fills in a node's policies from the topology's. Delivering a dead letter only ever fails. */
export function resolvePolicies(
  own: ErrorPolicies | undefined,
  topology: ErrorPolicies | undefined,
  takesDeadLetters: boolean,
): ResolvedPolicies {
  const of = (stage: keyof ErrorPolicies) => own?.[stage] ?? topology?.[stage] ?? 'fail';
  if (takesDeadLetters) return { decode: 'fail', process: 'fail', deliver: 'fail' };
  return { decode: of('decode'), process: of('process'), deliver: of('deliver') };
}

/** Fills in how a sink is written to. */
export function resolveSink({ retry, required, batch }: CommonOptions): SinkSettings {
  return {
    retry: {
      attempts: retry?.attempts ?? 10,
      delayMs: durationOr(retry?.delay, 200),
      maxDelayMs: durationOr(retry?.maxDelay, 30_000),
      forMs: retry?.for === undefined ? null : durationOr(retry.for, 0),
    },
    required: required ?? true,
    batch: {
      records: batch?.records ?? null,
      bytes: batch?.bytes === undefined ? null : sizeOr(batch.bytes, 0),
      delayMs: batch?.delay === undefined ? null : durationOr(batch.delay, 0),
    },
  };
}

/** Tells whether a node is what `run.deadLetter` names. */
export function takesDeadLetters(node: CheckedNode, definition: CheckedDefinition): boolean {
  const { deadLetter } = definition.run;
  return deadLetter !== undefined && 'sink' in deadLetter && deadLetter.sink === node.id && node.section === 'sinks';
}

function durationOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}

function sizeOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseSize(text) ?? otherwise);
}
