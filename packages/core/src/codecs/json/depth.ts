import { DataFault, maxDepth } from '../data-fault.ts';

const quote = 0x22;
const backslash = 0x5c;

/** Refuses a text of JSON whose lists and objects nest deeper than values may, before anything recurses into it. */
export function checkDepth(text: string): void {
  if (text.length <= 2 * maxDepth) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) throw new DataFault('TOO_DEEP', `lists and objects nest more than ${maxDepth} deep`);
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
}

/** Returns the index of the quote that ends the string which begins at `start`, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote) return at;
  }
  return text.length;
}
