import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, int64, string } from '../schema/field.ts';

/** Describes the log directories of a broker. */
export const describeLogDirsApi = defineApi({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [1, 5],
  flexible: 2,
  request: { topics: array({ topic: string(), partitions: array(int32()) }, { nullable: 0 }) },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16({ from: 3 }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          partitionSize: int64(),
          offsetLag: int64(),
          isFutureKey: boolean(),
        }),
      }),
      totalBytes: int64({ from: 4, default: -1 }),
      usableBytes: int64({ from: 4, default: -1 }),
      isCordoned: boolean({ from: 5 }),
    }),
  },
});
