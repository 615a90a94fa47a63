import { Type } from 'typebox';
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
