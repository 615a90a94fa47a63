import type { Schema } from '../schema.ts';
import { findIncompatibilities } from './find-incompatibilities.ts';
import type { Incompatibility } from './incompatibility.ts';

/**
 * Says which readers must read what: `backward`, the next schema what the last one wrote; `forward`, the last one what
 * the next one writes; `full`, both. With `-transitive` in place of the last schema every earlier one.
 */
export type CompatibilityMode =
  'backward' | 'forward' | 'full' | 'backward-transitive' | 'forward-transitive' | 'full-transitive';

/** Lists the modes. */
export const compatibilityModes: readonly CompatibilityMode[] = [
  'backward',
  'forward',
  'full',
  'backward-transitive',
  'forward-transitive',
  'full-transitive',
];

/** Says what one of the earlier schemas and the next one have against each other. */
export interface CompatibilityProblem extends Incompatibility {
  /** `backward`: the next schema cannot read what the earlier one wrote; `forward`: the other way round. */
  readonly direction: 'backward' | 'forward';
  /** The place of the earlier schema in the list. */
  readonly version: number;
}

/** Says whether a schema may follow others. */
export interface CompatibilityReport {
  readonly mode: CompatibilityMode;
  readonly compatible: boolean;
  readonly problems: readonly CompatibilityProblem[];
}

/** Checks whether `next` may follow the schemas `previous`, the oldest first, and says everything that is in the way. */
export function checkCompatibility(
  next: Schema,
  previous: readonly Schema[],
  mode: CompatibilityMode = 'backward',
): CompatibilityReport {
  const first = mode.endsWith('-transitive') ? 0 : Math.max(0, previous.length - 1);
  const problems: CompatibilityProblem[] = [];
  for (const [version, earlier] of previous.entries()) {
    if (version < first) continue;
    if (!mode.startsWith('forward')) {
      for (const each of findIncompatibilities(next, earlier))
        problems.push({ ...each, direction: 'backward', version });
    }
    if (!mode.startsWith('backward')) {
      for (const each of findIncompatibilities(earlier, next))
        problems.push({ ...each, direction: 'forward', version });
    }
  }
  return { mode, compatible: problems.length === 0, problems };
}
