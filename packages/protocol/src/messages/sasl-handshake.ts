import { defineApi } from '../schema/api.ts';
import { array, int16, string } from '../schema/field.ts';

/** Chooses the SASL mechanism of a connection. */
export const saslHandshakeApi = defineApi({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexible: null,
  request: { mechanism: string() },
  response: { errorCode: int16(), mechanisms: array(string()) },
});
