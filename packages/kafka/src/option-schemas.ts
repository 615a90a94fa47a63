import { Type } from '@headrace/core';

/** Makes the schema of an option that names a topic. */
export function topicOption(description: string) {
  return Type.String({ pattern: '^[a-zA-Z0-9._-]{1,249}$', description });
}
