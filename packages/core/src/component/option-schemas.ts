import { Type } from 'typebox';

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
