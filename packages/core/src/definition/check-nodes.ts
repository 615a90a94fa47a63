import { suggest } from '@headrace/cel';
import type { TSchema } from 'typebox';
import type { Finding, Path } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import { checkFilled, checkId, isObject } from './check-section.ts';
import type { SectionContext } from './check-section.ts';
import type { BrokenNodes, CheckedNode, CommonOptions, WrittenInput } from './checked-definition.ts';
import { shorten } from './format-path.ts';
import { isReservedType, notBuiltYet } from './later.ts';
import { misspeltKeys } from './misspelt-keys.ts';
import { nodeSchema, ownOptions } from './options-schema.ts';
import type { Section } from './options-schema.ts';

const sections: readonly Section[] = ['sources', 'operators', 'sinks'];
const kinds = { sources: 'source', operators: 'operator', sinks: 'sink' } as const;

/** Checks every node's type and options; nodes with mistakes stay, without what is wrong. */
export function checkNodes(value: Record<string, unknown>, context: SectionContext): CheckedNode[] {
  const nodes: CheckedNode[] = [];
  for (const section of sections) {
    const written = value[section];
    if (!isObject(written)) continue;
    for (const [id, node] of Object.entries(written)) {
      checkId(id, [section, id], context.report);
      if (isObject(node)) nodes.push(checkNode(section, id, node, context));
    }
  }
  return nodes;
}

/** Lists what stands where nodes should, and is none: of what reads it nothing else is said. */
export function brokenNodes(value: Record<string, unknown>): BrokenNodes {
  const written = sections.map((section) => [section, value[section]] as const);
  const isBroken = (section: Section, nodes: unknown) =>
    section === 'operators'
      ? nodes !== undefined && !isObject(nodes)
      : !isObject(nodes) || Object.keys(nodes).length === 0;
  const misspelt = misspeltKeys(value);
  return {
    sections: written.flatMap(([section, nodes]) =>
      isBroken(section, nodes) || misspelt.includes(section) ? [section] : [],
    ),
    ids: written.flatMap(([, nodes]) =>
      isObject(nodes) ? Object.keys(nodes).filter((id) => !isObject(nodes[id])) : [],
    ),
  };
}

function checkNode(
  section: Section,
  id: string,
  written: Record<string, unknown>,
  context: SectionContext,
): CheckedNode {
  const at = [section, id];
  const type = typeof written.type === 'string' ? written.type : null;
  const definition = type === null ? null : (context.registry[kinds[section]](type) ?? null);
  if (type !== null && definition === null) context.report(unknownType(section, type, at, context.registry));
  const checked = definition === null ? null : checkOptions(section, definition.options, written, at, context);
  return {
    id,
    section,
    type: type ?? '',
    at,
    definition,
    inputs: section === 'sources' ? null : type === 'join' ? sidesOf(written, at) : inputsOf(written.input, at),
    hasBrokenInput: [written.input].flat().some((input) => input !== undefined && typeof input !== 'string'),
    options: checked === null || definition === null ? null : ownOptions(section, definition.options, checked),
    common: checked === null ? commonAsWritten(written) : (checked as CommonOptions),
  } as CheckedNode;
}

// What decides the shape of the graph is written out: a parameter there would make every check a guess.
function checkOptions(
  section: Section,
  own: TSchema,
  written: Record<string, unknown>,
  at: Path,
  context: SectionContext,
): Record<string, unknown> | null {
  const schema = nodeSchema(section, own);
  const { input, type } = written;
  const special = [input, type, ...(Array.isArray(input) ? (input as unknown[]) : [])].some(isObject);
  if (special) {
    const message = 'a parameter cannot stand in "type" or "input".';
    context.report({ code: 'WRONG_TYPE', severity: 'error', at: [...at, isObject(type) ? 'type' : 'input'], message });
    return null;
  }
  return checkFilled(schema, written, at, section, context) as Record<string, unknown> | null;
}

// Of a node with mistakes only what the graph needs is kept, where it has the right shape.
function commonAsWritten(written: Record<string, unknown>): CommonOptions {
  return typeof written.cluster === 'string' ? { cluster: written.cluster } : {};
}

function inputsOf(input: unknown, at: Path): WrittenInput[] | null {
  const place = [...at, 'input'];
  if (typeof input === 'string') return [{ text: input, at: place }];
  if (!Array.isArray(input)) return null;
  return input.flatMap((text: unknown, index) => (typeof text === 'string' ? [{ text, at: [...place, index] }] : []));
}

// A join has its inputs by their sides.
function sidesOf(written: Record<string, unknown>, at: Path): WrittenInput[] {
  return ['left', 'right'].flatMap((side) => {
    const text = written[side];
    return typeof text === 'string' ? [{ text, at: [...at, side] }] : [];
  });
}

function unknownType(section: Section, type: string, at: Path, registry: Registry): Finding {
  const place = [...at, 'type'];
  const kind = kinds[section];
  if (isReservedType(section, type)) return notBuiltYet(place, `The ${kind} "${type}"`);
  const types = registry.types(kind);
  const other = sections.find((one) => registry[kinds[one]](type) !== undefined);
  const suggestion = suggest(type, types);
  const misplaced = other === undefined ? '' : `; it is a type of ${other}`;
  const message = `there is no ${kind} of the type "${shorten(type, 40)}"${misplaced}: types are ${types.join(', ')}.`;
  return { code: 'UNKNOWN_TYPE', severity: 'error', at: place, message, ...(suggestion && { suggestion }) };
}
