import { defineApi } from '../schema/api.ts';
import { int16, int32, int64, string } from '../schema/field.ts';

/** Adds the offsets partition of a group to an open transaction. */
export const addOffsetsToTxnApi = defineApi({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexible: 3,
  request: { transactionalId: string(), producerId: int64(), producerEpoch: int16(), groupId: string() },
  response: { throttleTimeMs: int32(), errorCode: int16() },
});
