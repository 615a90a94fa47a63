import { code, constant, literal, NO_CODE, type Code, type Constant, type Name } from '@headrace/codegen';
import { nonNullBranch } from '../branches.ts';
import { conversionOf } from '../logical.ts';
import { longFormIn } from '../long-form.ts';
import type { EnumSchema, LongForm, PrimitiveSchema, Schema, UnionSchema } from '../schema.ts';
import { statements } from './skip-code.ts';
import { exactLong, writeBytesAt, writeLongAt, writeTextAt, writeWideLongAt } from './write-at.ts';

/** Names the variables of a writer. */
export interface WriterNames {
  readonly out: Name;
  readonly outView: Name;
  /** Where the next byte is written. */
  readonly at: Name;
  /** How longs are held in memory. */
  readonly long: LongForm;
}

/** Holds the code of a value that is encoded, in the order in which it runs. */
export interface EncodeCode {
  /** Checks the variable, and puts the default in the place of undefined. */
  readonly check: Code;
  /** The most bytes that stand in the text, and an expression of those that depend on the value. */
  readonly fixedRoom: number;
  readonly room: Code | null;
  readonly write: Code;
}

const WRITE_LONG = constant(writeLongAt);
const WRITE_WIDE_LONG = constant(writeWideLongAt);
const EXACT_LONG = constant(exactLong);
const WRITE_TEXT = constant(writeTextAt);
const WRITE_BYTES = constant(writeBytesAt);
const MAX_COMPARED_SYMBOLS = 8;
const LONG_BYTES = 10;
const LENGTH_BYTES = 5;
// Finite numbers from here on would become infinite as floats.
const MAX_FLOAT = (2 - 2 ** -24) * 2 ** 127;

/**
 * Writes the code that encodes the value of a variable; null for types that are left to the closures.
 * `recover` is the expression of what stands for a value of another type: a default, or it throws.
 */
export function encodeCode(type: Schema, variable: Name, recover: Code, names: WriterNames): EncodeCode | null {
  if (type.kind === 'union') return nullableCode(type, variable, recover, names);
  if (type.kind === 'enum') return symbolCode(type, variable, recover, names);
  if (type.kind === 'record' || type.kind === 'array' || type.kind === 'map' || type.kind === 'fixed') return null;
  if (type.kind === 'long' && longFormIn(type, names.long) === 'bigint') return null;
  return conversionOf(type, names.long) === null ? primitiveCode(type, variable, recover, names) : null;
}

function unless(test: Code, variable: Name, recover: Code): Code {
  return code`if (!(${test})) ${variable} = ${recover};`;
}

function primitiveCode(type: PrimitiveSchema, variable: Name, recover: Code, names: WriterNames): EncodeCode {
  const { out, outView, at } = names;
  const simple = (test: Code, fixedRoom: number, write: Code): EncodeCode => ({
    check: unless(test, variable, recover),
    fixedRoom,
    room: null,
    write,
  });
  switch (type.kind) {
    case 'null':
      return simple(code`${variable} === null`, 0, NO_CODE);
    case 'boolean':
      return simple(code`typeof ${variable} === "boolean"`, 1, code`${out}[${at}++] = ${variable} ? 1 : 0;`);
    case 'int':
      return simple(
        code`typeof ${variable} === "number" && (${variable} | 0) === ${variable}`,
        LONG_BYTES,
        integerCode(variable, names, WRITE_LONG),
      );
    case 'long':
      return {
        ...simple(NO_CODE, LONG_BYTES, integerCode(variable, names, WRITE_WIDE_LONG)),
        // Expressions hold ints beyond 53 bits as bigints.
        check: code`if (!Number.isSafeInteger(${variable})) ${variable} = ${EXACT_LONG}(${variable}) ?? ${recover};`,
      };
    case 'float':
      return simple(
        code`typeof ${variable} === "number" && !(Math.abs(${variable}) >= ${MAX_FLOAT} && Math.abs(${variable}) < 1 / 0)`,
        4,
        code`${outView}.setFloat32(${at}, ${variable}, true); ${at} += 4;`,
      );
    case 'double':
      return simple(
        code`typeof ${variable} === "number"`,
        8,
        code`${outView}.setFloat64(${at}, ${variable}, true); ${at} += 8;`,
      );
    case 'string':
      return {
        check: unless(code`typeof ${variable} === "string"`, variable, recover),
        fixedRoom: LENGTH_BYTES,
        room: code`${variable}.length * 3`,
        write: code`if ((${at} = ${WRITE_TEXT}(${out}, ${at}, ${variable})) < 0) ${recover};`,
      };
    case 'bytes':
      return {
        check: unless(code`${variable} instanceof Uint8Array`, variable, recover),
        fixedRoom: LENGTH_BYTES,
        room: code`${variable}.length`,
        write: code`${at} = ${WRITE_BYTES}(${out}, ${WRITE_LONG}(${out}, ${at}, ${variable}.length), ${variable});`,
      };
  }
}

function integerCode(variable: Name, { out, at }: WriterNames, writeLong: Constant): Code {
  return code`
    if (${variable} < 64 && ${variable} >= -64) {
      ${out}[${at}++] = (${variable} << 1) ^ (${variable} >> 31);
    } else {
      ${at} = ${writeLong}(${out}, ${at}, ${variable});
    }
  `;
}

function symbolCode(type: EnumSchema, variable: Name, recover: Code, { out, at }: WriterNames): EncodeCode {
  const index = indexOf(type, variable);
  return {
    check: unless(code`${index} !== undefined`, variable, recover),
    fixedRoom: LENGTH_BYTES,
    room: null,
    write: code`${at} = ${WRITE_LONG}(${out}, ${at}, ${index});`,
  };
}

function indexOf({ symbols }: EnumSchema, variable: Name): Code {
  if (symbols.length > MAX_COMPARED_SYMBOLS) {
    const indexes = new Map(symbols.map((symbol, index) => [symbol, index]));
    return code`${constant(indexes, 'indexes')}.get(${variable})`;
  }
  let chain = code`undefined`;
  for (const [index, symbol] of [...symbols.entries()].toReversed()) {
    chain = code`${variable} === ${literal(symbol)} ? ${index} : ${chain}`;
  }
  return code`(${chain})`;
}

function nullableCode(type: UnionSchema, variable: Name, recover: Code, names: WriterNames): EncodeCode | null {
  const inner = nonNullBranch(type);
  const encode = inner === null ? null : encodeCode(inner, variable, recover, names);
  if (encode === null) return null;
  const { out, at } = names;
  const innerIndex = type.branches[0]?.kind === 'null' ? 1 : 0;
  return {
    check: code`
      if (${variable} !== null) {
        ${encode.check}
      }
    `,
    fixedRoom: encode.fixedRoom + 1,
    room: encode.room === null ? null : code`(${variable} === null ? 0 : ${encode.room})`,
    write: code`
      if (${variable} === null) {
        ${out}[${at}++] = ${2 - innerIndex * 2};
      } else {
        ${statements([code`${out}[${at}++] = ${innerIndex * 2};`, encode.write])}
      }
    `,
  };
}
