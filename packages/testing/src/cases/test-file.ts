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
  Type.Object({ stream: duration }, closed),
  Type.Object({ wall: duration }, closed),
]);

const step = Type.Union([
  Type.Object({ send }, closed),
  Type.Object({ advance }, closed),
  Type.Object({ expect: expectation }, closed),
  Type.Object(
    {
      expectDropped: Type.Object(
        { node: Type.String(), reason: Type.String(), count: Type.Integer({ minimum: 0 }) },
        closed,
      ),
    },
    closed,
  ),
  Type.Object({ expectError: Type.Object({ node: Type.String(), code: Type.String() }, closed) }, closed),
  Type.Object({ restart: Type.Literal(true) }, closed),
  Type.Object({ end: Type.Literal(true) }, closed),
]);

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
export type TestFile = Static<typeof testFileSchema>;

/** A case of it. */
export type TestCase = Static<typeof testCase>;

/** A step of a case. */
export type TestStep = Static<typeof step>;

/** What `send` says. */
export type SendStep = Static<typeof send>;

/** What `expect` says. */
export type ExpectStep = Static<typeof expectation>;

/** A record that is expected. */
export type ExpectedRecord = Static<typeof record>;

/** What a mocked lookup answers. */
export type MockAnswer = Static<typeof answer>;
