import { Ajv } from 'ajv';
import { builtInComponents, createRegistry, editorSchema } from '@headrace/core';
import { kafkaComponents } from '@headrace/kafka/components';
import jsonc from 'jsonc-parser';

const registry = createRegistry([...builtInComponents, ...kafkaComponents]);
const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema(registry));

/** Checks a block of JSON that is no file: that it can be read, and of a topology or a node that its keys and types are right. Returns what is wrong, or null. */
export function checkFragment(text: string): string | null {
  const faults: jsonc.ParseError[] = [];
  const value: unknown = jsonc.parse(text, faults, { allowTrailingComma: true });
  if (faults[0] !== undefined) return `it is no JSON: ${jsonc.printParseErrorCode(faults[0].error)}.`;
  const topology = topologyOf(value);
  return topology === null || validate(topology) ? null : validator(validate.errors);
}

function topologyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if ('headrace' in value) return value;
  if (!('type' in value) || typeof value.type !== 'string' || 'fields' in value) return null;
  const { type } = value;
  const named = { headrace: 1, name: 'fragment' };
  const from = { type: 'file', path: './in', value: 'json' };
  if (registry.operator(type) !== undefined && 'input' in value)
    return { ...named, sources: { in: from }, operators: { op: value }, sinks: { out: { type: 'drop', input: 'op' } } };
  if ('input' in value) return { ...named, sources: { in: from }, sinks: { out: value } };
  return { ...named, sources: { in: value }, sinks: { out: { type: 'drop', input: 'in' } } };
}

function validator(errors: typeof validate.errors): string {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`).join('; ');
}
