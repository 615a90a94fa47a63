import { describe, expect, it } from 'vitest';
import { apiVersionsApi } from '../messages/api-versions.ts';
import { heartbeatApi } from '../messages/heartbeat.ts';
import { ProtocolError } from '../protocol-error.ts';
import { correlationIdOf, readResponse, writeResponse } from './response.ts';

describe('a response', () => {
  it('of ApiVersions has header 0 in its flexible versions too', () => {
    const frame = writeResponse(apiVersionsApi, { version: 3, correlationId: 4 }, { errorCode: 0, apiKeys: [] });
    expect(frame.toString('hex')).toBe('0000000c' + '00000004' + '0000' + '01' + '00000000' + '00');
  });

  it('of ApiVersions tells finalized features', () => {
    const finalizedFeatures = [{ name: 'transaction.version', maxVersionLevel: 2, minVersionLevel: 2 }];
    const body = { errorCode: 0, apiKeys: [], finalizedFeatures, finalizedFeaturesEpoch: 8 };
    const frame = writeResponse(apiVersionsApi, { version: 3, correlationId: 4 }, body);
    expect(readResponse(apiVersionsApi, 3, frame.subarray(4))).toMatchObject(body);
  });

  it('of ApiVersions in version 0 with UNSUPPORTED_VERSION is read whatever was asked for', () => {
    const apiKeys = [{ apiKey: 18, minVersion: 0, maxVersion: 2 }];
    const frame = writeResponse(apiVersionsApi, { version: 0, correlationId: 4 }, { errorCode: 35, apiKeys });
    expect(readResponse(apiVersionsApi, 3, frame.subarray(4))).toMatchObject({ errorCode: 35, apiKeys });
  });

  it('leaves out what its version does not have', () => {
    const frame = writeResponse(heartbeatApi, { version: 0, correlationId: 4 }, { throttleTimeMs: 9, errorCode: 27 });
    expect(frame.toString('hex')).toBe('00000006' + '00000004' + '001b');
    expect(readResponse(heartbeatApi, 0, frame.subarray(4))).toEqual({ throttleTimeMs: 0, errorCode: 27 });
    expect(correlationIdOf(frame.subarray(4))).toBe(4);
  });

  it('with bytes after its end is refused', () => {
    const frame = Buffer.from('00000004' + '001b' + '00', 'hex');
    expect(() => readResponse(heartbeatApi, 0, frame)).toThrow(ProtocolError);
  });
});
