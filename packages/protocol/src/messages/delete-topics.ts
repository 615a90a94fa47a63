import { defineApi } from '../schema/api.ts';
import { array, int16, int32, string, uuid } from '../schema/field.ts';

/** Deletes topics by name or id. */
export const deleteTopicsApi = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexible: 4,
  request: {
    topics: array({ name: string({ nullable: 0, default: null }), topicId: uuid() }, { from: 6 }),
    topicNames: array(string(), { to: 5 }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32(),
    responses: array({
      name: string({ nullable: 6 }),
      topicId: uuid({ from: 6 }),
      errorCode: int16(),
      errorMessage: string({ from: 5, nullable: 0, default: null }),
    }),
  },
});
