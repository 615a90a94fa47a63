import type { Static, TSchema } from 'typebox';
import type { CodecDefinition } from './codec.ts';
import type { OperatorDefinition } from './operator.ts';
import type { SinkDefinition } from './sink.ts';
import type { SourceDefinition } from './source.ts';

type Declared<D, S extends TSchema> = Omit<D, 'kind' | 'options'> & { options: S };

/** Declares a source; its options' type follows from their schema. */
export function defineSource<S extends TSchema>(
  definition: Declared<SourceDefinition<Static<S>>, S>,
): SourceDefinition<Static<S>> {
  return { kind: 'source', ...definition };
}

/** Declares an operator; its options' type follows from their schema. */
export function defineOperator<S extends TSchema>(
  definition: Declared<OperatorDefinition<Static<S>>, S>,
): OperatorDefinition<Static<S>> {
  return { kind: 'operator', ...definition };
}

/** Declares a sink; its options' type follows from their schema. */
export function defineSink<S extends TSchema>(
  definition: Declared<SinkDefinition<Static<S>>, S>,
): SinkDefinition<Static<S>> {
  return { kind: 'sink', ...definition };
}

/** Declares a codec; its options' type follows from their schema. */
export function defineCodec<S extends TSchema>(
  definition: Declared<CodecDefinition<Static<S>>, S>,
): CodecDefinition<Static<S>> {
  return { kind: 'codec', ...definition };
}
