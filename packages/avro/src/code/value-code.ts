import { code, constant, literal, type Code, type Name } from '@headrace/codegen';
import { conversionOf } from '../logical.ts';
import { longFormIn } from '../long-form.ts';
import type { Resolved, ResolvedEnum, ResolvedPlain, ResolvedUnion } from '../resolved.ts';
import type { LongForm } from '../schema.ts';
import { isOtherTextAt } from './read-text-at.ts';
import { longAt } from './varint.ts';

/** Says how values at a position of the bytes are read. */
export interface ValueSite {
  readonly buffer: Name;
  readonly view: Name;
  /** How longs are held in memory. */
  readonly long: LongForm;
  /** A variable that holds nothing from one expression to the next. */
  readonly scratch: Name;
  /** Reads the whole value by closures: for what is left to them, and for bytes that look wrong. */
  readonly otherwise: Code;
  /** Reads a text, or only checks it. */
  readonly text: (at: Code) => Code;
  /** Reads an array, map, record or tagged value. */
  readonly whole: (resolved: Resolved, at: Code) => Code;
}

const LONG_AT = constant(longAt);
const IS_OTHER_TEXT_AT = constant(isOtherTextAt);
const MAX_TABLE = 64;
const MAX_COMPARED = 48;
const MAX_INLINE_BRANCHES = 4;
const PLAIN_MICROS = 2 ** 43 * 1000;

/** Writes the expression of a value whose structure was checked. Content that is wrong throws the closures' errors. */
export function valueCode(resolved: Resolved, at: Code, site: ValueSite): Code {
  switch (resolved.kind) {
    case 'plain':
      return plainCode(resolved, at, site);
    case 'enum':
      return symbolCode(resolved, at, site);
    case 'union':
      return branchCode(resolved, at, site);
    case 'failure':
      return site.otherwise;
    default:
      return site.whole(resolved, at);
  }
}

function plainCode({ writer, reader }: ResolvedPlain, at: Code, site: ValueSite): Code {
  const { buffer, view, otherwise } = site;
  if (reader.kind === 'long' && longFormIn(reader, site.long) === 'bigint') return otherwise;
  if (conversionOf(reader, site.long) !== null) return convertedCode({ kind: 'plain', writer, reader }, at, site);
  switch (`${writer.kind}>${reader.kind}`) {
    case 'null>null':
      return code`null`;
    case 'boolean>boolean':
      return code`(${buffer}[${at}] === 1 || (${buffer}[${at}] !== 0 && ${otherwise}))`;
    case 'int>int':
    case 'int>long':
    case 'int>double':
      return intCode(at, site);
    case 'int>float':
      return code`Math.fround(${intCode(at, site)})`;
    case 'long>long':
    case 'long>double':
      return longCode(at, site);
    case 'float>float':
    case 'float>double':
      return code`${view}.getFloat32(${at}, true)`;
    case 'double>double':
      return code`${view}.getFloat64(${at}, true)`;
    case 'string>string':
    case 'bytes>string':
      return site.text(at);
    default:
      return otherwise;
  }
}

/** Writes what logical types show; those that need more than a division are left to the closures. */
function convertedCode({ writer, reader }: ResolvedPlain, at: Code, site: ValueSite): Code {
  const { scratch, otherwise } = site;
  if (reader.logical?.type === 'date') {
    return code`(((${scratch} = ${LONG_AT}(${site.buffer}, ${at})) | 0) === ${scratch} ? ${scratch} * 86400000 : ${otherwise})`;
  }
  const isLong = writer.kind === 'long' && reader.kind === 'long';
  switch (reader.logical?.type) {
    case 'time-micros':
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      if (!isLong) return otherwise;
      return code`((${scratch} = ${LONG_AT}(${site.buffer}, ${at})) <= ${PLAIN_MICROS} && ${scratch} >= ${-PLAIN_MICROS} ? ${scratch} / 1000 : ${otherwise})`;
    default:
      return otherwise;
  }
}

function intCode(at: Code, { buffer, scratch, otherwise }: ValueSite): Code {
  return code`((${scratch} = ${buffer}[${at}]) < 0x80 ? (${scratch} >>> 1) ^ -(${scratch} & 1) : ((${scratch} = ${LONG_AT}(${buffer}, ${at})) | 0) === ${scratch} ? ${scratch} : ${otherwise})`;
}

function longCode(at: Code, { buffer, scratch, otherwise }: ValueSite): Code {
  return code`((${scratch} = ${buffer}[${at}]) < 0x80 ? (${scratch} >>> 1) ^ -(${scratch} & 1) : (${scratch} = ${LONG_AT}(${buffer}, ${at})) === ${scratch} ? ${scratch} : ${otherwise})`;
}

function symbolCode({ symbols }: ResolvedEnum, at: Code, { buffer, scratch, otherwise }: ValueSite): Code {
  // Indexes are doubled in the first byte; what has more than one byte is left to the closures.
  const table: (string | undefined)[] = [];
  for (const symbol of symbols.slice(0, MAX_TABLE)) table.push(symbol, undefined);
  return code`((${scratch} = ${constant(table, 'symbols')}[${buffer}[${at}]]) !== undefined ? ${scratch} : ${otherwise})`;
}

function branchCode({ branches }: ResolvedUnion, at: Code, site: ValueSite): Code {
  const { buffer, scratch, otherwise } = site;
  if (branches.length > MAX_INLINE_BRANCHES) return otherwise;
  let chain: Code = otherwise;
  for (const [index, branch] of [...branches.entries()].toReversed()) {
    chain = code`${scratch} === ${index * 2} ? ${valueCode(branch, code`${at} + 1`, site)} : ${chain}`;
  }
  return code`(${scratch} = ${buffer}[${at}], ${chain})`;
}

/** Writes the expression that tells whether a value is null; null where it never is. */
export function isNullCode(resolved: Resolved, at: Code, site: ValueSite): Code | null {
  if (resolved.kind === 'plain') return resolved.reader.kind === 'null' ? code`true` : null;
  if (resolved.kind !== 'union') return null;
  const { buffer, scratch, otherwise } = site;
  const isNull = resolved.branches.map((branch) => branch.kind === 'plain' && branch.reader.kind === 'null');
  if (!isNull.includes(true)) return null;
  let chain = code`${otherwise} === null`;
  for (const [index, branch] of [...resolved.branches.entries()].toReversed()) {
    if (branch.kind === 'failure') continue;
    chain = code`${scratch} === ${index * 2} ? ${isNull[index]} : ${chain}`;
  }
  return code`(${scratch} = ${buffer}[${at}], ${chain})`;
}

/** Writes the expression that compares a value with a text without making a string; null where that is not possible. */
export function equalsCode(resolved: Resolved, at: Code, text: string, site: ValueSite): Code | null {
  if (resolved.kind === 'enum') return code`${symbolCode(resolved, at, site)} === ${literal(text)}`;
  if (resolved.kind === 'union') return equalsBranchCode(resolved, at, text, site);
  if (resolved.kind !== 'plain' || resolved.reader.kind !== 'string') return null;
  return conversionOf(resolved.reader, site.long) === null ? sameBytesCode(at, text, site) : null;
}

function equalsBranchCode({ branches }: ResolvedUnion, at: Code, text: string, site: ValueSite): Code | null {
  const { buffer, scratch, otherwise } = site;
  if (branches.length > MAX_INLINE_BRANCHES) return null;
  let chain = code`${otherwise} === ${literal(text)}`;
  for (const [index, branch] of [...branches.entries()].toReversed()) {
    if (branch.kind === 'failure') continue;
    const isNull = branch.kind === 'plain' && branch.reader.kind === 'null';
    const equals = isNull ? code`false` : equalsCode(branch, code`${at} + 1`, text, site);
    if (equals === null) return null;
    chain = code`${scratch} === ${index * 2} ? ${equals} : ${chain}`;
  }
  return code`(${scratch} = ${buffer}[${at}], ${chain})`;
}

function sameBytesCode(at: Code, text: string, { buffer, view, otherwise }: ValueSite): Code | null {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MAX_COMPARED || bytes.toString('utf8') !== text) return null;
  let test = code`${buffer}[${at}] === ${bytes.length * 2}`;
  let index = 0;
  for (; index + 4 <= bytes.length; index += 4) {
    test = code`${test} && ${view}.getInt32(${at} + ${index + 1}, true) === ${bytes.readInt32LE(index)}`;
  }
  for (; index < bytes.length; index++) test = code`${test} && ${buffer}[${at} + ${index + 1}] === ${bytes[index]}`;
  return code`((${test}) || (${IS_OTHER_TEXT_AT}(${buffer}, ${view}, ${at}) ?? ${otherwise} === ${literal(text)}))`;
}
