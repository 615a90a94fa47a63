import { parseDuration } from '../component/duration.ts';
import { parseSize } from '../component/size.ts';
import type { ParameterDefinition } from './topology-definition.ts';

/** A parameter's value in its two forms: as an option would be written, and as an expression sees it. */
export interface ParameterValue {
  readonly written: unknown;
  readonly value: unknown;
}

type ParameterType = ParameterDefinition['type'];

/** Says in words what each type of parameter takes. */
export const parameterTypeWords: Readonly<Record<ParameterType, string>> = {
  string: 'a text',
  strings: 'a list of texts',
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  duration: 'a duration such as "10s"',
  size: 'a size such as "64MiB"',
  secret: 'a text',
};

/** Reads a parameter from the text of a command line, a variable or a file; null where it is not of its type. */
export function readParameterText(type: ParameterType, text: string): ParameterValue | null {
  switch (type) {
    case 'strings':
      return same(
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      );
    case 'int':
      return /^-?\d{1,16}$/.test(text) ? readParameter(type, Number(text)) : null;
    case 'double':
      return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? readParameter(type, Number(text)) : null;
    case 'bool':
      return text === 'true' || text === 'false' ? same(text === 'true') : null;
    default:
      return readParameter(type, text);
  }
}

/** Reads a parameter from a value of JSON; null where it is not of its type. */
export function readParameter(type: ParameterType, value: unknown): ParameterValue | null {
  switch (type) {
    case 'string':
    case 'secret':
      return typeof value === 'string' ? same(value) : null;
    case 'strings':
      return Array.isArray(value) && value.every((part) => typeof part === 'string') ? same(value) : null;
    case 'int':
      return Number.isSafeInteger(value) ? same(value) : null;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? same(value) : null;
    case 'bool':
      return typeof value === 'boolean' ? same(value) : null;
    case 'duration':
      return measured(value, parseDuration);
    case 'size':
      return measured(value, parseSize);
  }
}

/** Stands in for a parameter that is not set, where only types matter. */
export function placeholder(type: ParameterType): unknown {
  const values: Readonly<Record<ParameterType, unknown>> = {
    string: 'unset',
    secret: 'unset',
    strings: ['unset'],
    int: 1,
    double: 1,
    bool: false,
    duration: '1s',
    size: '1MiB',
  };
  return values[type];
}

function same(value: unknown): ParameterValue {
  return { written: value, value };
}

function measured(value: unknown, parse: (text: string) => number | null): ParameterValue | null {
  const amount = typeof value === 'string' ? parse(value) : null;
  return amount === null ? null : { written: value, value: amount };
}
