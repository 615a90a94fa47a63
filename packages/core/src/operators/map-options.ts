import type { Static } from 'typebox';
import { Type } from '../component/option-type.ts';
import { expressionOrFunctionOption, functionOption } from '../component/option-schemas.ts';
import { fieldsOption, namesOption } from './option-schemas.ts';

/** The schema of what `map` takes. */
export const mapOptions = Type.Object(
  {
    output: Type.Optional(
      Type.Unknown({
        kind: 'schema',
        description:
          'The schema of the new records: a path from the topology file, or the schema itself. Needed where expressions are dynamic.',
      }),
    ),
    $use: Type.Optional(
      functionOption('A function that makes the whole new value, as "./file.ts#export"; "output" gives its schema.'),
    ),
    let: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
        expressionOrFunctionOption('What the name stands for.'),
        {
          description: 'Names for expressions; they may use each other and are not in the output.',
        },
      ),
    ),
    select: Type.Optional(
      Type.Union([namesOption('The fields to pass on.'), fieldsOption('The new fields.')], {
        description: 'All fields of the new record: a list of names that are passed on, or an object of expressions.',
      }),
    ),
    rename: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }), {
        description: 'New names of fields: the new one first, then the old one. Done before "set".',
      }),
    ),
    set: Type.Optional(fieldsOption('Fields to add or to replace, by expressions on the incoming record.')),
    remove: Type.Optional(namesOption('Fields to leave out, after "set".')),
    types: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'Avro types of fields that "select" or "set" make: the name of a type such as "int" or "timestamp-micros", or a schema.',
      }),
    ),
    keyBy: Type.Optional(expressionOrFunctionOption('A new key, made from the incoming record.')),
    headers: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), expressionOrFunctionOption('The text of a header.'), {
        description: 'Headers to add, by their names.',
      }),
    ),
    timestamp: Type.Optional(expressionOrFunctionOption('A new timestamp, made from the incoming record.')),
  },
  { additionalProperties: false },
);

/** What `map` takes. */
export type MapOptions = Static<typeof mapOptions>;
