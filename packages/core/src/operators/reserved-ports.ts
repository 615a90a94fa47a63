import type { Port } from '../record/record-batch.ts';

/** Ports that no author may declare: Headrace uses the names itself. */
export const reservedPorts: readonly Port[] = ['error', 'late', 'dropped', 'duplicates', 'unmatched', 'out', 'in'];
