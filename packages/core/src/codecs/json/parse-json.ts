import { DataFault } from '../data-fault.ts';
import { decodeUtf8 } from '../utf8.ts';
import { checkDepth } from './depth.ts';
import { exactNumber, hazard, parseExactly, RoundedNumber, type NumberReader } from './parse-exactly.ts';

/** Reads JSON for a reader that knows the types: numbers that a double rounds come as `bigint` or `RoundedNumber`. */
export function parseTyped(buffer: Uint8Array, start: number, end: number): unknown {
  return parse(decodeUtf8(buffer, start, end), exactNumber);
}

/** Reads JSON as it is: integers beyond 2^53 come as `bigint`, other numbers as the nearest double. */
export function parseDynamic(buffer: Uint8Array, start: number, end: number): unknown {
  return parse(decodeUtf8(buffer, start, end), (literal) => {
    const value = exactNumber(literal);
    return value instanceof RoundedNumber ? value.value : value;
  });
}

function parse(text: string, readNumber: NumberReader): unknown {
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, which may be personal data.
    throw new DataFault('BAD_JSON', text.trim() === '' ? 'the value is empty, not JSON' : 'the value is not JSON');
  }
  return hazard.test(text) ? parseExactly(text, readNumber) : value;
}
