import type { LowerContext } from '../component/contexts.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { EdgeType } from '../types/edge-type.ts';

/** Returns the one input of an operator that has one. */
export function soleInput({ inputs, node }: LowerContext): EdgeType {
  const [input] = inputs;
  if (input === undefined)
    throw new HeadraceError('INPUT_MISSING', `Node "${node}" has no input.`, { place: { node } });
  return input;
}
