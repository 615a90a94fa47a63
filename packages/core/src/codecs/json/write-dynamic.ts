import { DataFault, maxDepth, withinField, withinItem } from '../data-fault.ts';
import { formatDecimal, isDecimalValue } from './decimal-text.ts';
import { notEncodable, writeBytes, writeNumber } from './write-leaf.ts';

/** Writes a value by what it is: `bigint` in digits, bytes as base64, decimals as text. What JSON has no form for is an error. */
export function writeDynamic(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'bigint':
      return writeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeObject(value, depth);
    default:
      return notEncodable('a value of JSON', value);
  }
}

function writeObject(value: object, depth: number): string {
  if (value instanceof Uint8Array) return writeBytes(value);
  if (depth >= maxDepth) throw new DataFault('TOO_DEEP', `lists and objects nest more than ${maxDepth} deep`);
  if (Array.isArray(value)) return `[${value.map((item, index) => writeItem(item, index, depth)).join(',')}]`;
  if (isDecimalValue(value)) return `"${formatDecimal(value)}"`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return notEncodable('a plain object', value);
  let text = '';
  for (const [name, entry] of Object.entries(value) as [string, unknown][]) {
    try {
      text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${write(entry, depth + 1)}`;
    } catch (thrown) {
      throw withinField(name.slice(0, 40), thrown);
    }
  }
  return `{${text}}`;
}

function writeItem(item: unknown, index: number, depth: number): string {
  try {
    return write(item, depth + 1);
  } catch (thrown) {
    throw withinItem(index, thrown);
  }
}
