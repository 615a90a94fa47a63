import type { Clock } from '../component/clock.ts';
import type { Decoder, Encoder, Encoding } from '../component/encoding.ts';
import type { Registry } from '../component/registry.ts';
import { turnMs } from '../component/stepper.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { TopologyGraph } from '../graph/topology-graph.ts';
import type { PlannedExit, PlannedStage, TopologyPlan, WritePlan } from '../plan/topology-plan.ts';
import type { Split } from '../record/record-batch.ts';
import type { TurnMarks } from '../telemetry/turn-marks.ts';
import { dynamic } from '../types/edge-type.ts';
import { callsFunctions } from '../stage/calls-functions.ts';
import type { SchemaFrames } from './schema-frames.ts';
import { interpretStage, type CellWriter, type StageExit, type StageInterpreter } from '../stage/interpreter.ts';

/** A stage that can run. */
export interface CompiledStage {
  readonly planned: PlannedStage;
  readonly interpreter: StageInterpreter;
  /** Makes what says that a run has taken long enough; null where the steps are known to be short. */
  readonly limit: (() => () => boolean) | null;
}

/** What stages need from outside. */
export interface StageContext {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Where it is noted which node is at work; absent: nowhere. */
  readonly marks?: TurnMarks | undefined;
  /** Reads and writes values with schema ids before them; null where the topology has none. */
  readonly frames: SchemaFrames | null;
  /** Says which topic and partition a split is. */
  splitOrigin(split: Split): { topic: string | null; partition: number | null };
}

/** Builds the interpreters of all stages of a plan. */
export function compileStages(plan: TopologyPlan, context: StageContext): readonly CompiledStage[] {
  const { registry } = context;
  const parameters = parameterValues(plan.graph);
  const json = registry.codec('json')?.decoder({ codec: 'json', options: {}, schema: dynamic });
  return plan.stages.map((planned) => ({
    planned,
    limit: callsFunctions(planned.stage) ? () => turnLimit(context.clock) : null,
    interpreter: interpretStage(planned.stage, {
      topology: plan.graph.name,
      decodeKey: planned.reads === null || planned.reads.key === null ? null : decoderOf(context, planned.reads.key),
      decodeValue: planned.reads === null ? null : decoderOf(context, planned.reads.value),
      decodesAll: {
        key: decodesAll(registry, planned.reads?.key),
        value: decodesAll(registry, planned.reads?.value),
      },
      tombstones: planned.reads?.tombstones ?? true,
      ...(context.marks !== undefined && { marks: context.marks }),
      exits: planned.exits.map((exit) => stageExit(exit, planned, context)),
      parameters,
      fromSource: planned.reads !== null,
      ...(json !== undefined && { json }),
      now: () => context.clock.monotonic(),
      wallNow: () => context.clock.now(),
      origin: (split) => context.splitOrigin(split),
    }),
  }));
}

function turnLimit(clock: Clock): () => boolean {
  const start = clock.monotonic();
  return () => clock.monotonic() - start >= turnMs;
}

/** Returns the values of a topology's parameters by their names. */
export function parameterValues(graph: TopologyGraph): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const parameter of graph.parameters.values()) values[parameter.name] = parameter.value;
  return values;
}

function stageExit(exit: PlannedExit, { reads }: PlannedStage, context: StageContext): StageExit {
  if (exit.kind === 'stage' || exit.kind === 'async') return { kind: 'objects' };
  if (exit.kind === 'sink') {
    const key = exit.key === null ? null : cellWriter(context, exit.key, reads?.key ?? null);
    return { kind: 'encoded', key, value: cellWriter(context, exit.value, reads?.value ?? null), keeps: exit.keeps };
  }
  const key = exit.key === null ? null : encoderOf(context, exit.key);
  return { kind: 'deadLetter', as: exit.as, key, value: encoderOf(context, exit.value) };
}

function cellWriter(context: StageContext, write: WritePlan, read: Encoding | null): CellWriter {
  if (write.encoding.asRead === true) return 'asRead';
  const encode = encoderOf(context, write);
  return read !== null && isWrittenAsRead(context.registry, read, write) ? { unchanged: 'asRead', encode } : encode;
}

// A frame has the id of a schema, which may be another one than was read.
function isWrittenAsRead(registry: Registry, read: Encoding, { encoding }: WritePlan): boolean {
  const isBare = read.frame === undefined && encoding.frame === undefined;
  return isBare && read.codec === encoding.codec && registry.codec(read.codec)?.exact === true;
}

function decodesAll(registry: Registry, encoding: Encoding | null = null): boolean {
  return encoding !== null && encoding.frame === undefined && registry.codec(encoding.codec)?.decodesAll === true;
}

function decoderOf({ registry, frames }: StageContext, encoding: Encoding): Decoder {
  if (encoding.frame === undefined) return codecOf(registry, encoding).decoder(encoding);
  return framesOf(frames).reader(encoding).decode;
}

function encoderOf({ registry, frames }: StageContext, { encoding, from }: WritePlan): Encoder {
  const encode = codecOf(registry, encoding).encoder(encoding, from);
  return encoding.frame === undefined ? encode : framesOf(frames).writer(encoding, encode);
}

function framesOf(frames: SchemaFrames | null): SchemaFrames {
  if (frames !== null) return frames;
  throw new HeadraceError('REGISTRY_NEEDED', 'The topology needs a schema registry, and was given none.');
}

function codecOf(registry: Registry, encoding: Encoding) {
  const codec = registry.codec(encoding.codec);
  if (codec === undefined) throw new HeadraceError('UNKNOWN_TYPE', `The codec "${encoding.codec}" is not registered.`);
  return codec;
}
