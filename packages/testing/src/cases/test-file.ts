import { durationOption } from '@headrace/core';
import type { Static } from 'typebox';
import { Type } from '@headrace/core';

const closed = { additionalProperties: false } as const;
const instant = Type.Union([Type.String(), Type.Number()]);

const record = Type.Object(
  {
    key: Type.Optional(Type.Unknown()),
    value: Type.Optional(Type.Unknown()),
    timestamp: Type.Optional(Type.Unknown()),
    headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);

const send = Type.Object(
  {
    to: Type.String({ minLength: 1 }),
    key: Type.Optional(Type.Unknown()),
    value: Type.Optional(Type.Unknown()),
    values: Type.Optional(Type.Array(Type.Unknown(), { minItems: 1 })),
    raw: Type.Optional(Type.String()),
    file: Type.Optional(Type.String({ minLength: 1 })),
    at: Type.Optional(instant),
    partition: Type.Optional(Type.Integer({ minimum: 0 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
  },
  closed,
);

const expectation = Type.Object(
  {
    from: Type.String({ minLength: 1 }),
    records: Type.Optional(Type.Array(record)),
    count: Type.Optional(Type.Integer({ minimum: 0 })),
    none: Type.Optional(Type.Literal(true)),
    match: Type.Optional(Type.Union([Type.Literal('exact'), Type.Literal('subset'), Type.Literal('unordered')])),
  },
  closed,
);

const duration = durationOption('how far');
const advance = Type.Union([
  duration,
  Type.Object({ stream: Type.Optional(duration), wall: Type.Optional(duration) }, closed),
]);
const expectDropped = Type.Object(
  { node: Type.String(), reason: Type.String(), count: Type.Integer({ minimum: 0 }) },
  closed,
);
const expectError = Type.Object({ node: Type.String(), code: Type.String() }, closed);

// One object instead of a choice of objects: what is wrong in a step is then said of the step that was meant.
const step = Type.Object(
  {
    send: Type.Optional(send),
    advance: Type.Optional(advance),
    expect: Type.Optional(expectation),
    expectDropped: Type.Optional(expectDropped),
    expectError: Type.Optional(expectError),
    expectState: Type.Optional(Type.Unknown()),
    restart: Type.Optional(Type.Literal(true)),
    end: Type.Optional(Type.Literal(true)),
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
    rest: Type.Optional(Type.Literal('ignore')),
  },
  closed,
);

/** The schema of a `*.test.json`. */
export const testFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    topology: Type.String({ minLength: 1 }),
    start: Type.Optional(instant),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String())])),
    ),
    partitions: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 1000 }))),
    mocks: Type.Optional(Type.Record(Type.String(), Type.Array(answer, { minItems: 1 }))),
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
