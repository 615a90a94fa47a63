import { HeadraceError } from '@headrace/core';
import { answerError } from '../cluster/answer-error.ts';
import type { GroupRequest } from './group-outcomes.ts';

/** Makes the error of a code that a coordinator answered to a request about a group. */
export function codeError(request: GroupRequest, errorCode: number, group: string): HeadraceError {
  const what = { join: 'joined', sync: 'joined', beat: 'kept', commit: 'committed to', leave: 'left' }[request];
  return answerError(errorCode, `does not let group "${group}" be ${what}`);
}

/** Makes the error of a static member whose place another process has taken. */
export function replaced(group: string): HeadraceError {
  return new HeadraceError(
    'GROUP_MEMBER_REPLACED',
    `Another process has joined group "${group}" under the same instance id. Each process needs an id of its own.`,
  );
}

/** Makes the error of a group that speaks another protocol than ours, by the name of the code that says so. */
export function notOurs(group: string, name: string): HeadraceError {
  return new HeadraceError(
    'GROUP_NOT_OURS',
    `Group "${group}" has members of another client (${name}). Stop them, or give the topology another group.`,
  );
}

/** Makes the error of partitions that were to be given back, and were not in twice the time for it. */
export function notGivenBack(group: string, rebalanceTimeoutMs: number): HeadraceError {
  return new HeadraceError(
    'PARTITIONS_NOT_GIVEN_BACK',
    `Partitions of group "${group}" were to be given back, and were not within ${2 * rebalanceTimeoutMs} ms.`,
  );
}
