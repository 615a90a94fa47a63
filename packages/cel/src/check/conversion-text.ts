import { isNumeric, type Kind } from '../types/cel-type.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';

/** Gives what to write for an operand so that it is of another type, such as `2.0` or `double(quantity)`; null where nothing fits. */
export function conversionText(context: Context, operand: CheckedNode, to: Kind): string | null {
  const { type } = operand;
  const from = type.kind;
  const text = context.textOf(operand);
  const isLiteral = operand.kind === 'constant' && /^-?\d+u?$/i.test(text);
  switch (to) {
    case 'double':
      if (from !== 'int' && from !== 'uint') return null;
      return isLiteral ? `${text.replace(/u$/i, '')}.0` : wrap('double', text);
    case 'int':
      if (from === 'uint') return isLiteral ? text.slice(0, -1) : wrap('int', text);
      return from === 'double' ? wrap('int', text) : null;
    case 'uint':
      if (from === 'int') return isLiteral && !text.startsWith('-') ? `${text}u` : wrap('uint', text);
      return from === 'double' ? wrap('uint', text) : null;
    case 'decimal':
      if (!isNumeric(type)) return null;
      return /^-?[\d.]+$/.test(text) ? `decimal('${text}')` : wrap('decimal', text);
    case 'string': {
      const hasText = ['bool', 'bytes', 'decimal', 'timestamp', 'duration'].includes(from) || isNumeric(type);
      return hasText ? wrap('string', text) : null;
    }
    case 'timestamp':
      return from === 'int' ? wrap('millis', text) : from === 'string' ? wrap('timestamp', text) : null;
    case 'duration':
      return from === 'string' ? wrap('duration', text) : null;
    case 'bytes':
      return from === 'string' ? wrap('bytes', text) : null;
    default:
      return null;
  }
}

// Text in parentheses of its own needs no others; `(a) + (b)` begins and ends with one, too, and gets them.
function wrap(name: string, text: string): string {
  return /^\([^()]*\)$/.test(text) ? `${name}${text}` : `${name}(${text})`;
}
