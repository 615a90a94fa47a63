import {
  apis,
  ProtocolError,
  readRequest,
  readRequestFrame,
  readResponse,
  writeRequest,
  writeResponse,
} from '@headrace/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { structArbitrary, versionsOf } from './arbitrary.ts';

const runs = 8;
const names = apis.map((api) => [api.name, api] as const);

describe('messages of random values', () => {
  it.each(names)('of %s come back as requests in every version', (_, api) => {
    for (const version of versionsOf(api))
      fc.assert(
        fc.property(structArbitrary(api.request, version), fc.option(fc.string({ maxLength: 5 })), (body, clientId) => {
          const frame = writeRequest(api, { version, correlationId: 5, clientId }, body);
          const read = readRequestFrame(frame.subarray(4));
          expect(read.header).toEqual({ key: api.key, version, correlationId: 5, clientId });
          expect(readRequest(api, read)).toMatchObject(body);
        }),
        { numRuns: runs },
      );
  });

  it.each(names)('of %s come back as responses in every version', (_, api) => {
    for (const version of versionsOf(api))
      fc.assert(
        fc.property(structArbitrary(api.response, version), (body) => {
          if (api.name === 'ApiVersions' && body['errorCode'] === 35) return;
          const frame = writeResponse(api, { version, correlationId: -1 }, body);
          expect(readResponse(api, version, frame.subarray(4))).toMatchObject(body);
        }),
        { numRuns: runs },
      );
  });

  it.each(names)('of %s are refused with a code wherever they are cut off', (_, api) => {
    for (const version of versionsOf(api))
      fc.assert(
        fc.property(structArbitrary(api.response, version), fc.nat(), (body, at) => {
          const frame = writeResponse(api, { version, correlationId: -1 }, body).subarray(4);
          const cut = frame.subarray(0, at % frame.length);
          expect(() => readResponse(api, version, cut)).toThrow(ProtocolError);
        }),
        { numRuns: runs },
      );
  });
});
