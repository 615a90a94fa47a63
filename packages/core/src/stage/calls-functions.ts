import { isFunctionCall } from '../component/function-call.ts';
import type { Stage } from './stage.ts';

/** Tells whether a stage calls functions of authors, which may take any time. */
export function callsFunctions(stage: Stage): boolean {
  return Object.values(stage.nodes).some(({ ops }) => ops.some(hasCall));
}

function hasCall(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (isFunctionCall(part)) return true;
  // A checked expression calls none, and neither does what describes types.
  if ('tree' in part) return false;
  return Object.entries(part).some(([name, value]) => name !== 'output' && name !== 'outputs' && hasCall(value));
}
