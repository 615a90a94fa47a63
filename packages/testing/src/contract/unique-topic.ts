import { randomUUID } from 'node:crypto';

/** Names a topic that no other scenario uses, on a broker that lives longer than one. */
export function uniqueTopic(about: string): string {
  return `contract-${about}-${randomUUID().slice(0, 13)}`;
}
