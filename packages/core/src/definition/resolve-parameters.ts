import { suggest } from '@headrace/cel';
import type { Finding, Path } from '../component/finding.ts';
import { parameterTypeWords, readParameter, readParameterText } from './read-parameter.ts';
import type { ParameterValue } from './read-parameter.ts';
import type { ParameterDefinition } from './topology-definition.ts';

/** A declared parameter and what it is set to; null where nothing sets it. */
export interface ResolvedParameter {
  readonly name: string;
  readonly type: ParameterDefinition['type'];
  readonly set: ParameterValue | null;
}

/** Where parameters may come from besides the topology file. */
export interface ParameterSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly set: Readonly<Record<string, string>>;
  /** Reads a file named relative to the topology; throws where there is none. */
  readFile(path: string): string;
  readonly purpose: 'validate' | 'run';
}

/** Gives each parameter its value: the command line goes before the environment, a file, and the default. */
export function resolveParameters(
  declared: Readonly<Record<string, ParameterDefinition>>,
  broken: ReadonlySet<string> | null,
  sources: ParameterSources,
  report: (finding: Finding) => void,
): ReadonlyMap<string, ResolvedParameter> {
  const resolved = new Map<string, ResolvedParameter>();
  for (const [name, definition] of Object.entries(declared)) {
    const at: Path = ['parameters', name];
    const set = valueOf(name, definition, sources, at, report);
    if (set === undefined) report(notSet(name, definition, at, sources.purpose));
    resolved.set(name, { name, type: definition.type, set: set ?? null });
  }
  for (const name of Object.keys(sources.set)) {
    if (resolved.has(name) || (broken?.has(name) ?? true)) continue;
    const message = `"--set ${name}" sets a parameter that the topology does not declare.`;
    report(withSuggestion('UNKNOWN_PARAMETER', ['parameters'], message, suggest(name, resolved.keys())));
  }
  return resolved;
}

// undefined: nothing sets it; null: something does, and it is wrong.
function valueOf(
  name: string,
  definition: ParameterDefinition,
  sources: ParameterSources,
  at: Path,
  report: (finding: Finding) => void,
): ParameterValue | null | undefined {
  const text = textOf(name, definition, sources);
  if (text !== undefined) {
    const value = readParameterText(definition.type, text.text);
    if (value === null) report(wrong(at, `${text.origin} does not hold`, definition));
    return value;
  }
  if (definition.default === undefined) return undefined;
  const value = readParameter(definition.type, definition.default);
  if (value === null) report(wrong([...at, 'default'], 'the default is not', definition));
  return value;
}

// An empty variable is what a container gives for one that nobody set: it counts as a value for texts only.
function textOf(name: string, definition: ParameterDefinition, sources: ParameterSources) {
  const given = Object.hasOwn(sources.set, name) ? sources.set[name] : undefined;
  if (given !== undefined) return { text: given, origin: `"--set ${name}"` };
  const variable = definition.env === undefined ? undefined : sources.env[definition.env];
  if (variable !== undefined && (variable !== '' || definition.type === 'string'))
    return { text: variable, origin: `the variable ${definition.env}` };
  if (definition.file === undefined) return undefined;
  try {
    return { text: sources.readFile(definition.file).replace(/\r?\n$/, ''), origin: `the file "${definition.file}"` };
  } catch {
    return undefined;
  }
}

function notSet(name: string, definition: ParameterDefinition, at: Path, purpose: 'validate' | 'run'): Finding {
  const ways = [`--set ${name}=…`];
  if (definition.env !== undefined) ways.push(`the variable ${definition.env}`);
  if (definition.file !== undefined) ways.push(`the file "${definition.file}"`);
  const message = `the parameter "${name}" is not set: ${ways.join(' or ')} would set it.`;
  return { code: 'PARAMETER_NOT_SET', severity: purpose === 'run' ? 'error' : 'info', at, on: 'key', message };
}

function wrong(at: Path, what: string, definition: ParameterDefinition): Finding {
  const message = `${what} ${parameterTypeWords[definition.type]}, as the type "${definition.type}" asks.`;
  return { code: 'WRONG_PARAMETER', severity: 'error', at, message };
}

function withSuggestion(code: string, at: Path, message: string, suggestion: string | undefined): Finding {
  return { code, severity: 'error', at, on: 'key', message, ...(suggestion !== undefined && { suggestion }) };
}
