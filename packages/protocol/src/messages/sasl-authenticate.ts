import { defineApi } from '../schema/api.ts';
import { bytes, int16, int64, string } from '../schema/field.ts';

/** Carries one step of a SASL exchange. */
export const saslAuthenticateApi = defineApi({
  key: 36,
  name: 'SaslAuthenticate',
  versions: [0, 2],
  flexible: 2,
  request: { authBytes: bytes() },
  response: {
    errorCode: int16(),
    errorMessage: string({ nullable: 0 }),
    authBytes: bytes(),
    sessionLifetimeMs: int64({ from: 1 }),
  },
});
