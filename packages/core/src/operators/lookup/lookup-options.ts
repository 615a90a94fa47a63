import type { Static } from 'typebox';
import { Type } from '../../component/option-type.ts';
import { durationOption } from '../../component/duration.ts';
import {
  expressionOption,
  expressionOrFunctionOption,
  functionOption,
  retryOption,
  schemaOption,
} from '../../component/option-schemas.ts';

const closed = { additionalProperties: false } as const;

/** The schema of what `lookup` takes. */
export const lookupOptions = Type.Object(
  {
    $use: Type.Optional(
      functionOption(
        'A function that gets the value, a copy of the record, and { signal }, and returns a promise, as "./file.ts#export".',
      ),
    ),
    http: Type.Optional(
      Type.Object(
        {
          url: expressionOption('The address, as text.'),
          method: Type.Optional(
            Type.Enum(['GET', 'POST', 'PUT'], { description: '"GET" without a body, else "POST", unless written.' }),
          ),
          query: Type.Optional(
            Type.Record(Type.String({ minLength: 1 }), expressionOption('A parameter of the address.'), {
              description: 'Parameters of the address, by their names; one that is null is left out.',
            }),
          ),
          headers: Type.Optional(
            Type.Record(Type.String({ minLength: 1 }), expressionOption('A header of the request.'), {
              description: 'Headers of the request, by their names.',
            }),
          ),
          body: Type.Optional(expressionOption('The body: text as it is, anything else as JSON.')),
        },
        { ...closed, description: 'A request of HTTP, whose answer is JSON.' },
      ),
    ),
    as: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'The field that takes the answer.' }),
    returns: Type.Optional(schemaOption('The schema of the answer. Needed unless the records have no schema.')),
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'How many answers each task waits for at once; 10 unless written.',
      }),
    ),
    timeout: Type.Optional(durationOption('How long one attempt may take; "nodeTimeout" of "run" unless written.')),
    retry: Type.Optional(retryOption('How a question is asked again that was not answered.')),
    ordered: Type.Optional(
      Type.Boolean({ description: 'Whether records leave in the order in which they came; true unless written.' }),
    ),
    cache: Type.Optional(
      Type.Object(
        {
          ttl: durationOption('How long an answer is good.'),
          max: Type.Integer({ minimum: 1, description: 'How many answers are kept, the latest used ones.' }),
          by: Type.Optional(
            expressionOption(
              'What an answer depends on; for "http" the request, for a function the whole record, unless written.',
            ),
          ),
        },
        { ...closed, description: 'Answers that are kept in this process.' },
      ),
    ),
    fallback: Type.Optional(
      expressionOrFunctionOption('What stands for an answer that did not come. Without it such a record fails.'),
    ),
  },
  closed,
);

/** What `lookup` takes. */
export type LookupOptions = Static<typeof lookupOptions>;
