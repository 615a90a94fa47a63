import { code, constant, literal, value, type Code, type Name } from '@headrace/codegen';
import { defaultValue } from '../default-value.ts';
import type { Resolved } from '../resolved.ts';
import type { LongForm, Schema } from '../schema.ts';
import { readAt } from './read-at.ts';
import { isTextAt, readTextAt } from './read-text-at.ts';
import type { FieldCode, ReaderInput } from './reader-code.ts';
import { sameEncoding } from './same-encoding.ts';
import type { SkipFunctions } from './skip-functions.ts';
import { equalsCode, isNullCode, valueCode, type ValueSite } from './value-code.ts';
import { warmRead } from './warm-read.ts';
import type { Leaf, Site } from './want.ts';

/** Tells whether values of a type hold arrays or maps. */
function hasBlocks(schema: Schema, seen: Set<Schema> = new Set()): boolean {
  if (schema.kind === 'array' || schema.kind === 'map') return true;
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (schema.kind === 'union') return schema.branches.some((branch) => hasBlocks(branch, seen));
  return schema.kind === 'record' && schema.fields.some((field) => hasBlocks(field.type, seen));
}

/** Turns what a site of a value is into code. */
type ForSite = (site: Site) => Code;

/** Holds what the fields of a reader share. */
export interface FieldContext {
  readonly input: ReaderInput;
  readonly scratch: Name;
  readonly functions: SkipFunctions;
  readonly long: LongForm;
}

/** Writes the code of a field after the walk has found its sites. */
export function fieldCode(leaf: Leaf, context: FieldContext): FieldCode {
  const { path, type, end, variant } = leaf;
  const at = code`${leaf.at}`;
  const choose = (forSite: ForSite): Code => chooseSite(leaf.sites, variant, forSite);
  const places = new Map(leaf.sites.map((site) => [site, placeOf(site, leaf, context)]));
  const placed = (site: Site, forBytes: (resolved: Resolved, place: Place) => Code): Code =>
    site.kind === 'bytes' ? forBytes(site.resolved, places.get(site) as Place) : defaultCode(site, context.long);
  const [site] = leaf.sites;
  const written = variant === null && site?.kind === 'bytes' ? site.writer : null;
  return {
    path,
    type,
    value: choose((each) => placed(each, (resolved, { site: values }) => valueCode(resolved, at, values))),
    isNull: choose((each) =>
      each.kind === 'bytes'
        ? (isNullCode(each.resolved, at, (places.get(each) as Place).site) ?? code`false`)
        : code`${defaultCode(each, context.long)} === null`,
    ),
    check: choose((each) =>
      each.kind === 'bytes' ? valueCode(each.resolved, at, (places.get(each) as Place).checks) : code`null`,
    ),
    range:
      written === null || end === null
        ? null
        : { start: leaf.at, end, whole: hasBlocks(written) ? code`${context.functions.sized} === 0` : null },
    copiesTo: (target) => written !== null && sameEncoding(written, type) && sameEncoding(type, target),
    equals: (text) =>
      choose((each) => {
        if (each.kind !== 'bytes') return code`${defaultCode(each, context.long)} === ${literal(text)}`;
        const { site: values } = places.get(each) as Place;
        return (
          equalsCode(each.resolved, at, text, values) ??
          code`${valueCode(each.resolved, at, values)} === ${literal(text)}`
        );
      }),
  };
}

interface Place {
  readonly site: ValueSite;
  readonly checks: ValueSite;
}

function placeOf(site: Site, leaf: Leaf, { input, scratch, long }: FieldContext): Place | null {
  if (site.kind !== 'bytes') return null;
  const { buffer, view, end } = input;
  const otherwise = code`${constant(readAt(site.resolved, leaf.path, long), 'otherwise')}(${buffer}, ${leaf.at}, ${end})`;
  const read = constant(readTextAt());
  const whole = (resolved: Resolved, at: Code): Code => {
    const closures = readAt(resolved, leaf.path, long);
    return code`${constant(warmRead(resolved, long, false, closures), 'whole')}(${buffer}, ${at}, ${end})`;
  };
  const base = { buffer, view, long, scratch, otherwise, whole };
  return {
    site: { ...base, text: (at) => code`(${read}(${buffer}, ${at}) ?? ${otherwise})` },
    checks: { ...base, text: (at) => code`(${IS_TEXT_AT}(${buffer}, ${view}, ${at}) || ${otherwise})` },
  };
}

const IS_TEXT_AT = constant(isTextAt);

function chooseSite(sites: readonly Site[], variant: Name | null, forSite: ForSite): Code {
  if (variant === null) return forSite(sites[0] as Site);
  let chain = code`null`;
  for (const [index, site] of [...sites.entries()].toReversed()) {
    const own = forSite(site);
    chain = index === sites.length - 1 ? own : code`${variant} === ${index} ? ${own} : ${chain}`;
  }
  return code`(${chain})`;
}

function defaultCode(site: Site, long: LongForm): Code {
  if (site.kind !== 'default') return code`null`;
  const { field, rest } = site;
  const make = (): unknown => {
    let made: unknown = defaultValue(field, long);
    for (const step of rest) made = made === null ? null : (made as Record<string, unknown>)[step];
    return made;
  };
  const made = make();
  return typeof made === 'object' && made !== null ? code`${constant(make, 'makeDefault')}()` : value(made);
}
