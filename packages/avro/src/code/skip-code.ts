import { code, constant, join, NO_CODE, type Code, type Name } from '@headrace/codegen';
import { MAX_DEPTH } from '../limits.ts';
import type { RecordSchema, Schema, UnionSchema } from '../schema.ts';
import type { SkipFunctions } from './skip-functions.ts';
import { afterVarint, lengthAt } from './varint.ts';

/** Names what a walk through the bytes of a datum works with. */
export interface Walk {
  readonly buffer: Name;
  /** Where the datum ends. */
  readonly end: Name;
  /** The variable of the position; the walk moves it. */
  readonly position: Name;
  /** A variable for lengths and indexes. */
  readonly scratch: Name;
  /** The statement that leaves the walk because the bytes are no such datum. */
  readonly fail: Code;
  /** How many records, arrays and maps were entered: a number where the place in the schema says it. */
  readonly depth: Code | number;
  readonly functions: SkipFunctions;
}

const AFTER_VARINT = constant(afterVarint);
const LENGTH_AT = constant(lengthAt);
const MAX_INLINE_FIELDS = 16;
const FAR_BYTES = 64;

/**
 * Writes the statements that pass over a value and check its structure as `compileSkip` does.
 * They may look past the end of the datum, never past it in vain: the position only grows, lengths are compared with
 * what is left, and whoever began the walk compares the position with the end.
 */
export function skipCode(schema: Schema, walk: Walk): Code {
  const { position } = walk;
  switch (schema.kind) {
    case 'null':
      return NO_CODE;
    case 'boolean':
      return code`${position}++;`;
    case 'int':
    case 'long':
    case 'enum':
      return skipVarint(walk);
    case 'float':
      return skipFixed(4, walk);
    case 'double':
      return skipFixed(8, walk);
    case 'fixed':
      return skipFixed(schema.size, walk);
    case 'bytes':
    case 'string':
      return skipBytes(walk);
    case 'union':
      return skipUnion(schema, walk);
    case 'record':
      return isSmall(schema) ? statements([enterCode(walk), skipFields(schema, walk)]) : callSkip(schema, walk);
    case 'array':
    case 'map':
      return callSkip(schema, walk);
  }
}

/** Writes the statements that pass over the fields of a record. */
export function skipFields(schema: RecordSchema, walk: Walk): Code {
  return statements(schema.fields.map((field) => skipCode(field.type, walk)));
}

/** Writes the check that one more record, array or map may be entered; only types that contain themselves need it. */
export function enterCode({ depth, fail }: Walk): Code {
  return typeof depth === 'number' ? NO_CODE : code`if (${depth} >= ${MAX_DEPTH}) ${fail}`;
}

/** Writes the statements that read the index of a union's branch, doubled as zig-zag does, and move past it. */
export function indexCode(walk: Walk): Code {
  const { buffer, position, scratch } = walk;
  return code`
    ${scratch} = ${buffer}[${position}++];
    if (${scratch} > 0x7f) {
      ${scratch} = ${LENGTH_AT}(${buffer}, ${position} - 1) * 2;
      ${position} = ${AFTER_VARINT}(${buffer}, ${position} - 1);
    }
  `;
}

/** Puts statements on lines of their own, without those that do nothing. */
export function statements(parts: readonly Code[]): Code {
  const some = parts.filter((part) => part !== NO_CODE);
  return some.length === 0 ? NO_CODE : join(some, '\n');
}

function skipVarint({ buffer, position, fail }: Walk): Code {
  return code`if (${buffer}[${position}++] > 0x7f && (${position} = ${AFTER_VARINT}(${buffer}, ${position} - 1)) < 0) ${fail}`;
}

function skipFixed(size: number, { position, end, fail }: Walk): Code {
  if (size === 0) return NO_CODE;
  if (size < FAR_BYTES) return code`${position} += ${size};`;
  return code`if ((${position} += ${size}) > ${end}) ${fail}`;
}

function skipBytes(walk: Walk): Code {
  return code`
    ${lengthCode(walk)}
    ${walk.position} += ${walk.scratch};
  `;
}

/** Writes the statements that read the length of bytes or text into the scratch variable, and hold it to what is left. */
export function lengthCode({ buffer, position, end, scratch, fail }: Walk): Code {
  return code`
    ${scratch} = ${buffer}[${position}++];
    if (${scratch} > 0x7f) {
      ${scratch} = ${LENGTH_AT}(${buffer}, ${position} - 1);
      ${position} = ${AFTER_VARINT}(${buffer}, ${position} - 1);
    } else {
      ${scratch} = ${scratch} & 1 ? -1 : ${scratch} >>> 1;
    }
    if (${scratch} < 0 || ${scratch} > ${end} - ${position}) ${fail}
  `;
}

function skipUnion(schema: UnionSchema, walk: Walk): Code {
  const cases = schema.branches.map(
    (branch, index) => code`
      case ${index * 2}:
        ${statements([skipCode(branch, walk), code`break;`])}
    `,
  );
  return code`
    ${indexCode(walk)}
    switch (${walk.scratch}) {
      ${join(cases, '\n')}
      default:
        ${walk.fail}
    }
  `;
}

function callSkip(schema: Schema, { buffer, position, end, depth, fail, functions }: Walk): Code {
  const skip = functions.skipOf(schema);
  return code`if ((${position} = ${skip}(${buffer}, ${position}, ${end}, ${depth})) < 0) ${fail}`;
}

function isSmall(schema: RecordSchema): boolean {
  return (
    schema.fields.length <= MAX_INLINE_FIELDS &&
    schema.fields.every(({ type }) => !['record', 'array', 'map', 'union'].includes(type.kind) || isPlainUnion(type))
  );
}

function isPlainUnion(schema: Schema): boolean {
  return (
    schema.kind === 'union' &&
    schema.branches.length <= 4 &&
    schema.branches.every((branch) => !['record', 'array', 'map'].includes(branch.kind))
  );
}
