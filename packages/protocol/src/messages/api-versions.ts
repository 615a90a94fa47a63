import { defineApi } from '../schema/api.ts';
import { array, boolean, int16, int32, int64, string } from '../schema/field.ts';

/** Tells the versions of each key that a broker speaks, and its features. */
export const apiVersionsApi = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexible: 3,
  request: { clientSoftwareName: string({ from: 3 }), clientSoftwareVersion: string({ from: 3 }) },
  response: {
    errorCode: int16(),
    apiKeys: array({ apiKey: int16(), minVersion: int16(), maxVersion: int16() }),
    throttleTimeMs: int32({ from: 1 }),
    supportedFeatures: array({ name: string(), minVersion: int16(), maxVersion: int16() }, { from: 3, tag: 0 }),
    finalizedFeaturesEpoch: int64({ from: 3, tag: 1, default: -1 }),
    finalizedFeatures: array(
      { name: string(), maxVersionLevel: int16(), minVersionLevel: int16() },
      { from: 3, tag: 2 },
    ),
    zkMigrationReady: boolean({ from: 3, tag: 3 }),
  },
});
