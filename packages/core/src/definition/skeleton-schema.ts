import { Type } from '../component/option-type.ts';
import { durationOption } from '../component/duration.ts';
import { sizeOption } from '../component/size.ts';
import { policiesSchema } from './options-schema.ts';
import { namePattern } from './patterns.ts';

const closed = { additionalProperties: false } as const;

const node = Type.Object({ type: Type.String() });
const nodes = Type.Record(Type.String(), node);

const parameterSchema = Type.Object(
  {
    type: Type.Union(
      (['string', 'strings', 'int', 'double', 'bool', 'duration', 'size', 'secret'] as const).map((name) =>
        Type.Literal(name),
      ),
    ),
    env: Type.Optional(Type.String({ minLength: 1 })),
    file: Type.Optional(Type.String({ minLength: 1 })),
    default: Type.Optional(Type.Unknown()),
    description: Type.Optional(Type.String()),
  },
  closed,
);

/** The frame of a topology file: what can be said before parameters are filled in. Nodes, `run` and `clusters` have their own schemas. */
export const skeletonSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    headrace: Type.Literal(1),
    name: Type.String({ pattern: namePattern }),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    renamedFrom: Type.Optional(Type.String({ pattern: namePattern })),
    parameters: Type.Optional(Type.Record(Type.String(), parameterSchema)),
    clusters: Type.Optional(Type.Record(Type.String(), Type.Object({}))),
    run: Type.Optional(Type.Object({})),
    sources: Type.Record(Type.String(), node, { minProperties: 1 }),
    operators: Type.Optional(nodes),
    sinks: Type.Record(Type.String(), node, { minProperties: 1 }),
  },
  closed,
);

/** The schema of `run`. */
export const runSchema = Type.Object(
  {
    guarantee: Type.Optional(Type.Union([Type.Literal('at-least-once'), Type.Literal('best-effort')])),
    commitInterval: Type.Optional(durationOption('how long an epoch is open')),
    onError: Type.Optional(policiesSchema),
    deadLetter: Type.Optional(
      Type.Object(
        { topic: Type.Optional(Type.String({ minLength: 1 })), sink: Type.Optional(Type.String({ minLength: 1 })) },
        { ...closed, minProperties: 1, maxProperties: 1 },
      ),
    ),
    memory: Type.Optional(sizeOption('the memory that records may take')),
    drainTimeout: Type.Optional(durationOption('how long a drain may take')),
    nodeTimeout: Type.Optional(durationOption('how long an asynchronous node may take')),
    stateDirectory: Type.Optional(Type.String({ minLength: 1 })),
    cluster: Type.Optional(Type.String()),
  },
  closed,
);

const oauthSchema = Type.Object(
  {
    tokenFile: Type.Optional(Type.String({ minLength: 1, description: 'path of a file that holds the token' })),
    tokenUrl: Type.Optional(Type.String({ minLength: 1, description: 'where OAuth 2.0 gives tokens' })),
    clientId: Type.Optional(Type.String()),
    clientSecret: Type.Optional(Type.String({ secret: true })),
    scope: Type.Optional(Type.String()),
  },
  { ...closed, description: 'where the tokens of "oauthbearer" come from' },
);

/** The schema of a cluster. `secret` marks what must come from a parameter. */
export const clusterSchema = Type.Object(
  {
    brokers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    tls: Type.Optional(
      Type.Object(
        {
          ca: Type.Optional(Type.String({ description: 'path of a PEM file' })),
          cert: Type.Optional(Type.String({ description: 'path of a PEM file' })),
          key: Type.Optional(Type.String({ description: 'path of a PEM file' })),
          passphrase: Type.Optional(Type.String({ secret: true })),
          servername: Type.Optional(Type.String()),
          rejectUnauthorized: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    sasl: Type.Optional(
      Type.Object(
        {
          mechanism: Type.Union([
            Type.Literal('plain'),
            Type.Literal('scram-sha-256'),
            Type.Literal('scram-sha-512'),
            Type.Literal('oauthbearer'),
          ]),
          username: Type.Optional(Type.String()),
          password: Type.Optional(Type.String({ secret: true })),
          allowPlaintext: Type.Optional(
            Type.Boolean({ description: 'sends the password of "plain" without TLS, too' }),
          ),
          oauth: Type.Optional(oauthSchema),
        },
        closed,
      ),
    ),
    registry: Type.Optional(
      Type.Object(
        {
          url: Type.String({ minLength: 1, description: 'where its API is, without credentials' }),
          username: Type.Optional(Type.String({ minLength: 1 })),
          password: Type.Optional(Type.String({ secret: true })),
          token: Type.Optional(Type.String({ secret: true, description: 'a bearer token, instead of a user' })),
        },
        closed,
      ),
    ),
  },
  closed,
);
