import type { Finding, Path } from '../component/finding.ts';
import { definitionLimits, forbiddenKeys } from './parse-definition.ts';
import { shorten } from './format-path.ts';

/** Copies a definition that a program made into plain data; functions stay. What is not data is reported and left out. */
export function plainDefinition(value: unknown, report: (finding: Finding) => void): unknown {
  return plain(value, [], report);
}

function plain(value: unknown, at: Path, report: (finding: Finding) => void): unknown {
  if (typeof value === 'object' && value !== null) return plainObject(value, at, report);
  if (typeof value === 'number' && !Number.isFinite(value))
    return refuse('NUMBER_OUT_OF_RANGE', at, `the number ${String(value)} cannot be kept exactly.`, report);
  if (typeof value === 'bigint' || typeof value === 'symbol')
    return refuse('WRONG_TYPE', at, `a ${typeof value} is no part of a topology.`, report);
  return value;
}

function plainObject(value: object, at: Path, report: (finding: Finding) => void): unknown {
  if (at.length > definitionLimits.depth) {
    const message = `objects and lists are nested more than ${definitionLimits.depth} deep.`;
    return refuse('NESTED_TOO_DEEP', at.slice(0, 2), message, report);
  }
  if (Array.isArray(value)) return value.map((item: unknown, i) => plain(item, [...at, i], report));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return refuse('WRONG_TYPE', at, 'an object of a class is no part of a topology: write a plain one.', report);
  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    if (forbiddenKeys.includes(key))
      refuse('FORBIDDEN_KEY', at, `the key "${shorten(key, 40)}" is not allowed.`, report);
    else result[key] = plain(part, [...at, key], report);
  }
  return result;
}

function refuse(code: string, at: Path, message: string, report: (finding: Finding) => void): undefined {
  report({ code, severity: 'error', at, message });
  return undefined;
}
