import { suggest } from '@headrace/cel';
import { Type } from '../component/option-type.ts';
import type { TSchema } from 'typebox';
import type { CodecDefinition } from '../component/codec.ts';
import type { InferContext, ReadDefaults, WriteDefaults } from '../component/contexts.ts';
import type { Encoding } from '../component/encoding.ts';
import type { Finding, Path } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import { shorten } from '../definition/format-path.ts';
import { isReservedType, notBuiltYet } from '../definition/later.ts';
import { closedWith } from '../definition/options-schema.ts';
import { validateValue } from '../definition/validate-value.ts';
import { dynamic, type ValueType } from '../types/edge-type.ts';
import { inferFrame } from './infer-frame.ts';

/** What a node's codecs are chosen with. Paths are relative to the node. */
export interface EncodingScope {
  readonly registry: Registry;
  readonly context: InferContext;
  /** The codecs of the sources upstream, for a sink that names none: of keys, and of values. */
  readonly upstream: { readonly key: readonly string[]; readonly value: readonly string[] };
  /** Whether the node's cluster has a registry of schemas; null where that cannot be told. */
  readonly hasRegistry: boolean | null;
}

interface ChosenCodec {
  readonly codec: string;
  readonly definition: CodecDefinition;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads a codec option of a source. */
export function inferReads(
  scope: EncodingScope,
  at: Path,
  option: unknown,
  { frames }: ReadDefaults = { frames: false },
): Encoding | null {
  if (option === undefined) {
    scope.context.report(codecNeeded(scope, at, 'what is read has no codec'));
    return null;
  }
  const chosen = chooseCodec(scope, at, option);
  if (chosen === null) return null;
  const { codec, definition, options } = chosen;
  const { context, hasRegistry } = scope;
  const subjects = frames ? [] : null;
  const frame = inferFrame({ at, definition, options, subjects, isSource: true, hasRegistry }, context);
  if (frame === null) return null;
  // Each record says its writer's schema, so that none of the topology's is needed.
  if (frame !== undefined && options['schema'] === undefined) return { codec, options, schema: dynamic, frame };
  const schema = definition.reads(options, at, context);
  return schema === null ? null : { codec, options, schema, ...(frame !== undefined && { frame }) };
}

/** Reads a codec option of a sink, or finds the codec where there is none. */
export function inferWrites(
  scope: EncodingScope,
  at: Path,
  option: unknown,
  type: ValueType,
  defaults: WriteDefaults,
): Encoding | null {
  const codec = option ?? defaultCodec(scope, at, type, defaults);
  if (codec === null) {
    scope.context.report(codecNeeded(scope, at, 'what is written has no codec'));
    return null;
  }
  const chosen = chooseCodec(scope, at, codec);
  if (chosen === null) return null;
  const { definition, options } = chosen;
  const { context, hasRegistry } = scope;
  const subjects = defaults.subjects ?? null;
  const frame = inferFrame({ at, definition, options, subjects, isSource: false, hasRegistry }, context);
  if (frame === null) return null;
  const schema = definition.writes(options, type, at, context, defaults.schemaName);
  return schema === null ? null : { codec: chosen.codec, options, schema, ...(frame !== undefined && { frame }) };
}

// The file's extension, the kind of the source's codec, Avro where a registry is: in this order. Raw bytes stay raw.
function defaultCodec(scope: EncodingScope, at: Path, type: ValueType, defaults: WriteDefaults): string | null {
  if (defaults.codec !== null) return defaults.codec;
  if (type.kind === 'bytes' && type.logical === undefined) return 'bytes';
  const kinds = new Set(at[0] === 'key' ? scope.upstream.key : scope.upstream.value);
  const [only] = kinds;
  if (kinds.size === 1 && only !== undefined) return only;
  return scope.hasRegistry === true ? 'avro' : null;
}

function chooseCodec(scope: EncodingScope, at: Path, option: unknown): ChosenCodec | null {
  const { context, registry } = scope;
  const written = typeof option === 'string' ? { codec: option } : option;
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    const message = 'must be the name of a codec, or an object such as { "codec": "json" }.';
    context.report({ code: 'WRONG_TYPE', severity: 'error', at, message });
    return null;
  }
  const { codec, ...options } = written as Record<string, unknown>;
  if (typeof codec !== 'string') {
    context.report(codecNeeded(scope, at, 'the key "codec" is missing'));
    return null;
  }
  const definition = registry.codec(codec);
  if (definition === undefined) {
    context.report(unknownCodec(registry, typeof option === 'string' ? at : [...at, 'codec'], codec));
    return null;
  }
  const findings = validateValue(withCodec(definition.options), written, at);
  for (const finding of findings) context.report(finding);
  return findings.length > 0 ? null : { codec, definition, options };
}

const schemas = new WeakMap<TSchema, TSchema>();

function withCodec(own: TSchema): TSchema {
  let schema = schemas.get(own);
  if (schema === undefined) schemas.set(own, (schema = closedWith(own, { codec: Type.String() })));
  return schema;
}

function unknownCodec(registry: Registry, at: Path, codec: string): Finding {
  if (isReservedType('codecs', codec)) return notBuiltYet(at, `The codec "${codec}"`);
  const types = registry.types('codec');
  const suggestion = suggest(codec, types);
  const message = `there is no codec "${shorten(codec, 40)}": codecs are ${types.join(', ')}.`;
  return { code: 'UNKNOWN_CODEC', severity: 'error', at, message, ...(suggestion !== undefined && { suggestion }) };
}

function codecNeeded(scope: EncodingScope, at: Path, what: string): Finding {
  const suggestion = `Write one of ${scope.registry.types('codec').join(', ')}.`;
  return { code: 'CODEC_NEEDED', severity: 'error', at, on: 'key', message: `${what}.`, suggestion };
}
