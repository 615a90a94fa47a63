import { defineApi } from '../schema/api.ts';
import { int16, int32, int64, string } from '../schema/field.ts';

/** Gives an idempotent or transactional producer its id and epoch. */
export const initProducerIdApi = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexible: 2,
  request: {
    transactionalId: string({ nullable: 0 }),
    transactionTimeoutMs: int32(),
    producerId: int64({ from: 3, default: -1 }),
    producerEpoch: int16({ from: 3, default: -1 }),
  },
  response: { throttleTimeMs: int32(), errorCode: int16(), producerId: int64({ default: -1 }), producerEpoch: int16() },
});
