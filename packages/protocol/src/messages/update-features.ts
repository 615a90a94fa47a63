import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, int8, string } from '../schema/field.ts';

/** Changes the finalized features of a cluster. */
export const updateFeaturesApi = defineApi({
  key: 57,
  name: 'UpdateFeatures',
  versions: [0, 2],
  flexible: 0,
  request: {
    timeoutMs: int32({ default: 60000 }),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      upgradeType: int8({ from: 1, default: 1 }),
      allowDowngrade: boolean({ to: 0 }),
    }),
    validateOnly: boolean({ from: 1 }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: 0 }),
    results: array({ feature: string(), errorCode: int16(), errorMessage: string({ nullable: 0 }) }, { to: 1 }),
  },
});
