import { defineApi } from '../schema/api.ts';
import { array, int16, int32, int8, string } from '../schema/field.ts';

/** Lists the resources that have a configuration. */
export const listConfigResourcesApi = defineApi({
  key: 74,
  name: 'ListConfigResources',
  versions: [0, 1],
  flexible: 0,
  request: { resourceTypes: array(int8(), { from: 1 }) },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    configResources: array({ resourceName: string(), resourceType: int8({ from: 1, default: 16 }) }),
  },
});
