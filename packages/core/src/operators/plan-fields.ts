import { suggest } from '@headrace/cel';
import type { ExpressionText } from '../component/contexts.ts';
import type { Finding, Path } from '../component/finding.ts';
import { UserFunction } from '../component/user-function.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import type { MapOptions } from './map-options.ts';
import type { FieldTexts } from './option-schemas.ts';

/** The options that say which fields a new record has. */
export type FieldOptions = Pick<MapOptions, 'select' | 'rename' | 'set' | 'remove' | 'output'>;

/** Where a field of the new record comes from: a field of the incoming one, an expression, or a record of such. */
export type PlannedSource =
  { readonly keep: string } | { readonly text: ExpressionText } | { readonly record: readonly PlannedField[] };

/** One field of the new record. */
export interface PlannedField {
  readonly name: string;
  /** Where it stands in the options; empty for a field that is passed on without being named. */
  readonly at: Path;
  readonly source: PlannedSource;
  /** The field of the incoming record that it takes the place of. */
  readonly replaces: string | null;
}

/** The fields of the new record, kept ones first. */
export interface FieldsPlan {
  /** Null: the value is passed on as it is. */
  readonly fields: readonly PlannedField[] | null;
  /** For dynamic values: the fields that are not passed on; null where only `fields` are. */
  readonly without: readonly string[] | null;
}

/** Says which fields a new record has, from its options and the names that the incoming value has; nothing is checked but names. */
export function planFields(options: FieldOptions, value: ValueType, report: (finding: Finding) => void): FieldsPlan {
  const { select, rename = {}, set = {}, remove = [] } = options;
  if (select !== undefined) {
    refuseBesideSelect(options, report);
    return { fields: planSelect(select, namesOf(value), report), without: null };
  }
  const { output } = options;
  if (![options.rename, options.set, options.remove, output].some((option) => option !== undefined))
    return { fields: null, without: [] };
  const names = namesOf(value);
  const renamed = new Map(Object.entries(rename).map(([name, old]) => [old, name]));
  for (const [name, old] of Object.entries(rename)) {
    reportUnknown(old, names, ['rename', name], report);
    if (renamed.get(old) !== name) reportTwice(`the field "${old}" is renamed twice.`, ['rename', name], report);
  }
  const kept = (names ?? [...renamed.keys()]).map((old) => keptField(renamed.get(old) ?? old, old));
  refuseTwice(kept, names !== null, report);
  const all = new Map(kept.map((field) => [field.name, field]));
  for (const field of textsOf(set, ['set'], names)) {
    const earlier = all.get(field.name);
    const replaces = earlier !== undefined && 'keep' in earlier.source ? earlier.source.keep : null;
    all.set(field.name, { ...field, replaces: names === null ? null : replaces });
  }
  remove.forEach((name, i) => {
    if (!all.delete(name) && names !== null) reportUnknown(name, [...all.keys()], ['remove', i], report);
  });
  return { fields: [...all.values()], without: names === null ? [...renamed.keys(), ...remove] : null };
}

/** Names the fields of a value: none of a value that is no record, null where they are not known. */
function namesOf(value: ValueType): readonly string[] | null {
  if (isDynamic(value)) return null;
  return value.kind === 'record' ? value.fields.map(({ name }) => name) : [];
}

function planSelect(
  select: NonNullable<FieldOptions['select']>,
  names: readonly string[] | null,
  report: (finding: Finding) => void,
): readonly PlannedField[] {
  if (!isNames(select)) return textsOf(select, ['select'], names);
  select.forEach((name, i) => reportUnknown(name, names, ['select', i], report));
  return select.flatMap((name, i) =>
    names === null || names.includes(name) ? [{ ...keptField(name, name), at: ['select', i] }] : [],
  );
}

function textsOf(texts: FieldTexts, at: Path, names: readonly string[] | null): PlannedField[] {
  return Object.entries(texts).map(([name, text]) => {
    const place = [...at, name];
    const source: PlannedSource =
      typeof text === 'string' || isNames(text) || text instanceof UserFunction
        ? { text }
        : { record: textsOf(text, place, null) };
    return { name, at: place, source, replaces: names?.includes(name) === true ? name : null };
  });
}

function keptField(name: string, old: string): PlannedField {
  return { name, at: [], source: { keep: old }, replaces: old };
}

function isNames(value: ExpressionText | FieldTexts | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

function refuseBesideSelect(options: FieldOptions, report: (finding: Finding) => void): void {
  for (const other of ['rename', 'set', 'remove'] as const) {
    if (options[other] === undefined) continue;
    const message = `"${other}" cannot stand beside "select", which names all fields already.`;
    report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [other], on: 'key', message });
  }
}

function refuseTwice(fields: readonly PlannedField[], known: boolean, report: (finding: Finding) => void): void {
  const seen = new Set<string>();
  for (const { name, source } of fields) {
    if (known && seen.has(name) && 'keep' in source)
      reportTwice(`the record would have two fields "${name}".`, ['rename'], report);
    seen.add(name);
  }
}

function reportTwice(message: string, at: Path, report: (finding: Finding) => void): void {
  report({ code: 'DUPLICATE_FIELD', severity: 'error', at, message });
}

function reportUnknown(
  name: string,
  names: readonly string[] | null,
  at: Path,
  report: (finding: Finding) => void,
): void {
  if (names === null || names.includes(name)) return;
  const suggestion = suggest(name, names);
  const message = `field "${name}" does not exist.`;
  report({ code: 'UNKNOWN_FIELD', severity: 'error', at, message, ...(suggestion && { suggestion }) });
}
