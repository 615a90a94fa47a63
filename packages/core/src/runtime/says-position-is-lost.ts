import type { HeadraceError } from '../errors/headrace-error.ts';

const codes: ReadonlySet<string> = new Set(['TOPIC_RECREATED', 'UNKNOWN_TOPIC', 'OFFSET_OUT_OF_RANGE']);

/**
 * Tells whether an error says that the position of a task means nothing any more. Nothing may be noted beside it then, since it would be
 * committed anew, and the records of a topic that was made anew lie where it points to.
 */
export function saysPositionIsLost({ code }: HeadraceError): boolean {
  return codes.has(code);
}
