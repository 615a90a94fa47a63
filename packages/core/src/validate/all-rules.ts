import type { Rule } from './rule.ts';
import { deadLetterIsDeclared } from './rules/dead-letter-is-declared.ts';
import { deadLettersAreKept } from './rules/dead-letters-are-kept.ts';
import { deadLettersDoNotComeBack } from './rules/dead-letters-do-not-come-back.ts';
import { everyOperatorIsRead } from './rules/every-operator-is-read.ts';
import { everySinkHasInputs } from './rules/every-sink-has-inputs.ts';
import { everySourceIsRead } from './rules/every-source-is-read.ts';
import { filesHaveOneOwner } from './rules/files-have-one-owner.ts';
import { guaranteeCanBeKept } from './rules/guarantee-can-be-kept.ts';
import { loginsAreWhole } from './rules/logins-are-whole.ts';
import { noCycles } from './rules/no-cycles.ts';
import { noPortLooksForgotten } from './rules/no-port-looks-forgotten.ts';
import { nodeIdsAreUnique } from './rules/node-ids-are-unique.ts';
import { renamesAreClear } from './rules/renames-are-clear.ts';
import { sinksCanWriteTheirInput } from './rules/sinks-can-write-their-input.ts';
import { topicsAreMadeAlike } from './rules/topics-are-made-alike.ts';
import { topicsAreReadOnce } from './rules/topics-are-read-once.ts';

/** Everything that is true of a valid topology beyond what its schema says. */
export const rules: readonly Rule[] = [
  nodeIdsAreUnique,
  noCycles,
  everySourceIsRead,
  everyOperatorIsRead,
  everySinkHasInputs,
  noPortLooksForgotten,
  deadLetterIsDeclared,
  deadLettersAreKept,
  deadLettersDoNotComeBack,
  guaranteeCanBeKept,
  topicsAreReadOnce,
  topicsAreMadeAlike,
  filesHaveOneOwner,
  renamesAreClear,
  loginsAreWhole,
  sinksCanWriteTheirInput,
];
