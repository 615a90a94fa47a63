import { durationOption } from '@headrace/core';
import type { Static } from 'typebox';
import { Type } from '@headrace/core';

const closed = { additionalProperties: false } as const;

const described = (description: string) => ({ description });

const record = Type.Object(
  {
    key: Type.Optional(Type.Unknown(described('Compared where it is written.'))),
    value: Type.Optional(
      Type.Unknown(described('The value; parts may be {"$any": true}, {"$where": "value > 3"} or {"$approx": 1.5}.')),
    ),
    timestamp: Type.Optional(Type.Unknown(described('Compared where it is written.'))),
    headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);

const send = Type.Object(
  {
    to: Type.String({ minLength: 1, description: 'A source, or any other node.' }),
    key: Type.Optional(Type.Unknown()),
    value: Type.Optional(Type.Unknown(described('The value of one record.'))),
    values: Type.Optional(Type.Array(Type.Unknown(), { minItems: 1, description: 'The values of several records.' })),
    raw: Type.Optional(Type.String(described('The text of a value, as it would be read.'))),
    file: Type.Optional(Type.String({ minLength: 1, description: 'A file whose lines are values.' })),
    at: Type.Optional(
      Type.Union([Type.String(), Type.Number()], described('An instant, or "+10s" from what the clock says.')),
    ),
    partition: Type.Optional(Type.Integer({ minimum: 0 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
  },
  { ...closed, description: 'Sends records to a source, or into any node.' },
);

const expectation = Type.Object(
  {
    from: Type.String({ minLength: 1, description: 'A node, or a port as "node.port".' }),
    records: Type.Optional(Type.Array(record)),
    count: Type.Optional(Type.Integer({ minimum: 0 })),
    none: Type.Optional(Type.Literal(true)),
    match: Type.Optional(
      Type.Union(
        [Type.Literal('exact'), Type.Literal('subset'), Type.Literal('unordered')],
        described('"subset": fields that are not written may be anything; "exact" unless written.'),
      ),
    ),
  },
  { ...closed, description: 'What came out of a node or port since the last look.' },
);

const duration = durationOption('How far.');
const advance = Type.Union(
  [duration, Type.Object({ stream: Type.Optional(duration), wall: Type.Optional(duration) }, closed)],
  described('Moves the clocks, both or one.'),
);
const expectDropped = Type.Object(
  { node: Type.String(), reason: Type.String(), count: Type.Integer({ minimum: 0 }) },
  { ...closed, description: 'How many records left by an unconnected port of a node, or for a reason.' },
);
const expectError = Type.Object(
  { node: Type.String(), code: Type.String() },
  { ...closed, description: 'That a record failed at a node with a code.' },
);

// One object instead of a choice of objects: what is wrong in a step is then said of the step that was meant.
const step = Type.Object(
  {
    send: Type.Optional(send),
    advance: Type.Optional(advance),
    expect: Type.Optional(expectation),
    expectDropped: Type.Optional(expectDropped),
    expectError: Type.Optional(expectError),
    expectState: Type.Optional(Type.Unknown(described('Not built yet.'))),
    restart: Type.Optional(
      Type.Literal(
        true,
        described('Stops and starts again: what is committed is not repeated, what is not is read again.'),
      ),
    ),
    end: Type.Optional(Type.Literal(true, described('The end of a bounded input.'))),
  },
  { ...closed, minProperties: 1, maxProperties: 1 },
);

const answer = Type.Union([
  // The word of the format.
  // oxlint-disable-next-line unicorn/no-thenable
  Type.Object({ when: Type.String({ minLength: 1 }), then: Type.Unknown() }, closed),
  Type.Object({ otherwise: Type.Unknown() }, closed),
]);

const testCase = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    steps: Type.Array(step, { minItems: 1 }),
    rest: Type.Optional(
      Type.Literal('ignore', described('Records that nobody expected at a sink do not fail the case.')),
    ),
  },
  closed,
);

/** The schema of a `*.test.json`. */
export const testFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    topology: Type.String({ minLength: 1, description: 'The topology, in JSON or TypeScript.' }),
    start: Type.Optional(Type.Union([Type.String(), Type.Number()], described('Where the clock begins.'))),
    parameters: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String())]),
        described('Values of the parameters of the topology.'),
      ),
    ),
    partitions: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Integer({ minimum: 1, maximum: 1000 }),
        described('How many partitions a source has.'),
      ),
    ),
    mocks: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Array(answer, { minItems: 1 }),
        described('What a lookup is answered: the first "when" that is true, or "otherwise".'),
      ),
    ),
    cases: Type.Array(testCase, { minItems: 1 }),
  },
  closed,
);

/** A `*.test.json`. */
export type TestFile = Omit<Static<typeof testFileSchema>, 'cases'> & { readonly cases: readonly TestCase[] };

/** A case of it. */
export type TestCase = Omit<Static<typeof testCase>, 'steps'> & { readonly steps: readonly TestStep[] };

/** A step of a case: an object of one key. */
export type TestStep =
  | { readonly send: SendStep }
  | { readonly advance: Static<typeof advance> }
  | { readonly expect: ExpectStep }
  | { readonly expectDropped: Static<typeof expectDropped> }
  | { readonly expectError: Static<typeof expectError> }
  | { readonly restart: true }
  | { readonly end: true };

/** What `send` says. */
export type SendStep = Static<typeof send>;

/** What `expect` says. */
export type ExpectStep = Static<typeof expectation>;

/** A record that is expected. */
export type ExpectedRecord = Static<typeof record>;

/** What a mocked lookup answers. */
export type MockAnswer = Static<typeof answer>;
