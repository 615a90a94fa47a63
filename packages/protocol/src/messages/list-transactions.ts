import { defineApi } from '../schema/api.ts';
import { array, int16, int32, int64, string } from '../schema/field.ts';

/** Lists the transactions that a broker coordinates. */
export const listTransactionsApi = defineApi({
  key: 66,
  name: 'ListTransactions',
  versions: [0, 2],
  flexible: 0,
  request: {
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64({ from: 1, default: -1 }),
    transactionalIdPattern: string({ from: 2, nullable: 0, default: null }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({ transactionalId: string(), producerId: int64(), transactionState: string() }),
  },
});
