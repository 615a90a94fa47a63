import type { Static } from 'typebox';
import { Type } from './option-type.ts';
import { durationOption, parseDuration } from './duration.ts';
import type { UserFunction } from './user-function.ts';

/** Makes the schema of an option that is an expression: a text, or the lines of one. */
export function expressionOption(description: string) {
  return Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1 })], {
    kind: 'expression',
    description,
  });
}

/** Makes the schema of an option that is a codec: its name, or an object with its options. */
export function codecOption(description: string) {
  return Type.Union([Type.String({ minLength: 1 }), Type.Record(Type.String(), Type.Unknown())], {
    kind: 'codec',
    description,
  });
}

/** The keyword by which a schema says that a function of the author stands there. */
export const functionKeyword = 'userFunction';

/** Makes the schema of an option that is a function: `{ "$use": "./file.ts#name" }`, or a lambda in TypeScript. */
export function functionOption(description: string) {
  return Type.Unsafe<UserFunction>({ [functionKeyword]: true, kind: 'function', description });
}

/** Makes the schema of an option that is an expression or a function. */
export function expressionOrFunctionOption(description: string) {
  return Type.Union(
    [Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1 }), functionOption(description)],
    { kind: 'expression', description },
  );
}

/** Makes the schema of an option that is a schema: a path from the topology file, or the schema itself. */
export function schemaOption(description: string) {
  return Type.Unknown({ kind: 'schema', description });
}

const retry = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({ minimum: 0, description: 'How often it is tried again after the first time; 10 unless written.' }),
    ),
    for: Type.Optional(durationOption('How long it is tried in all; no limit unless written.')),
    delay: Type.Optional(durationOption('The first pause, which doubles each time; "200ms" unless written.')),
    maxDelay: Type.Optional(durationOption('The longest pause; "30s" unless written.')),
  },
  { additionalProperties: false },
);

/** Makes the schema of an option that says how something is tried again. */
export function retryOption(description: string) {
  return { ...retry, description };
}

/** How something is tried again, times in milliseconds. */
export interface RetryLimits {
  /** How often after the first time. */
  readonly attempts: number;
  readonly forMs: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** Fills in what a retry option leaves out. */
export function retryLimits(written: Static<typeof retry> = {}): RetryLimits {
  const ms = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
  return {
    attempts: written.attempts ?? 10,
    forMs: ms(written.for, Infinity),
    delayMs: ms(written.delay, 200),
    maxDelayMs: ms(written.maxDelay, 30_000),
  };
}
