import { branchName } from './branches.ts';
import { shortName } from './names.ts';
import type { EnumSchema, FixedSchema, Logical, RecordSchema, Schema, UnionSchema } from './schema.ts';

type Named = EnumSchema | FixedSchema | RecordSchema;

/** Tells whether a reader's type may stand for a writer's by their names: unqualified, or by an alias of the reader. */
export function namesMatch(writer: Named, reader: Named): boolean {
  if (writer.name === null || reader.name === null) return true;
  return shortName(writer.name) === shortName(reader.name) || (reader.aliases?.includes(writer.name) ?? false);
}

/** Tells whether values of one logical type mean the same under another: those of other units would not. */
export function logicalsMatch(writer: Logical | undefined, reader: Logical | undefined): boolean {
  if (writer === undefined || reader === undefined) return true;
  if (writer.type === 'decimal' && reader.type === 'decimal') return writer.scale === reader.scale;
  return writer.type === reader.type;
}

/**
 * Returns the branches of a reader's union that a writer's type may become, best first:
 * the same full name, then the same type, then those to which it can be promoted, in their order.
 */
export function rankBranches(writer: Schema, reader: UnionSchema): Schema[] {
  const ranks: [Schema[], Schema[], Schema[]] = [[], [], []];
  for (const branch of reader.branches) {
    if (branch.kind !== writer.kind) ranks[2].push(branch);
    else if (branchName(branch) === branchName(writer)) ranks[0].push(branch);
    else if (namesMatch(writer as Named, branch as Named)) ranks[1].push(branch);
  }
  return ranks.flat();
}
