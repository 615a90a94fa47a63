import { defineApi } from '../schema/api.ts';
import { boolean, int16, int32, int64, string } from '../schema/field.ts';

/** Commits or aborts a transaction. */
export const endTxnApi = defineApi({
  key: 26,
  name: 'EndTxn',
  versions: [0, 5],
  flexible: 3,
  request: { transactionalId: string(), producerId: int64(), producerEpoch: int16(), committed: boolean() },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64({ from: 5, default: -1 }),
    producerEpoch: int16({ from: 5, default: -1 }),
  },
});
